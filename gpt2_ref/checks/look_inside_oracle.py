"""The stream and the attention patterns of a GPT-2: the oracle behind the checks of lesson 12, and its wrong forms."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.model import GPT2

# The stream


def token_and_position(model: GPT2, input_ids: Tensor) -> Tensor:
    return model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]


def token_alone(model: GPT2, input_ids: Tensor) -> Tensor:
    return model.token_embedding(input_ids)


def position_alone(model: GPT2, input_ids: Tensor) -> Tensor:
    return token_and_position(model, input_ids) - token_alone(model, input_ids)


def first_position_for_all(model: GPT2, input_ids: Tensor) -> Tensor:
    return model.token_embedding(input_ids) + model.position_embedding.weight[0]


def positions_from_one(model: GPT2, input_ids: Tensor) -> Tensor:
    shifted = torch.arange(1, input_ids.shape[1] + 1).clamp(max=model.context_size - 1)
    return model.token_embedding(input_ids) + model.position_embedding.weight[shifted]


def whole_block(block: nn.Module, x: Tensor) -> Tensor:
    return block(x)


def attention_half(block: nn.Module, x: Tensor) -> Tensor:
    return x + block.attention(block.attention_norm(x))


def feed_forward_half(block: nn.Module, x: Tensor) -> Tensor:
    return x + block.feed_forward(block.feed_forward_norm(x))


def without_residuals(block: nn.Module, x: Tensor) -> Tensor:
    return block.feed_forward(block.feed_forward_norm(block.attention(block.attention_norm(x))))


def run(
    model: GPT2, input_ids: Tensor, begin: Callable = token_and_position, step: Callable = whole_block
) -> list[Tensor]:
    """The stream before the first block and after each block."""
    seen = [begin(model, input_ids)]
    for block in model.blocks:
        seen.append(step(block, seen[-1]))
    return seen


def inside_the_blocks(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """The stream in the middle of each block, after its attention; the last one comes twice."""
    middles = [attention_half(*pair) for pair in zip(model.blocks, run(model, input_ids), strict=False)]
    return [*middles, middles[-1]]


def normed_on_the_way(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    return run(model, input_ids, step=lambda block, x: block(model.final_norm(x)))


def normed_after_each(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """Each block but the first reads what the last layer norm makes of the stream."""
    seen = [token_and_position(model, input_ids)]
    for number, block in enumerate(model.blocks):
        seen.append(block(model.final_norm(seen[-1]) if number else seen[-1]))
    return seen


def ends_everywhere(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """What model.hidden gives, in place of every stream."""
    return [model.hidden(input_ids)] * (len(model.blocks) + 1)


def each_from_the_beginning(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """Every block reads the embeddings."""
    first = token_and_position(model, input_ids)
    return [first, *(block(first) for block in model.blocks)]


def keeping_streams(oracle: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The oracle, which now makes each stream once: many variants differ in what they do with it."""
    kept: dict[tuple, list[Tensor]] = {}

    def quick(model: GPT2, input_ids: Tensor, *more: int, streams: Callable = run, **choices: object) -> Tensor:
        def once(*_: object) -> list[Tensor]:
            made = (streams, model, id(input_ids))
            if made not in kept:
                kept[made] = streams(model, input_ids)
            return kept[made]

        return oracle(model, input_ids, *more, streams=once, **choices)

    return quick


def through(step: Callable) -> Callable:
    return lambda model, input_ids: run(model, input_ids, step=step)


def beginning_with(begin: Callable) -> Callable:
    return lambda model, input_ids: run(model, input_ids, begin)


def bare(x: Tensor) -> Tensor:
    """Layer normalisation without scale and shift."""
    return F.layer_norm(x, x.shape[-1:])


STREAM_MISTAKES = (
    Mistake(
        "positions-missing",
        "the stream begins without the positions",
        "Where does the model learn that a token is the third of the text? What is added to the token's vector?",
        tuple(
            {"streams": beginning_with(begin)} for begin in (token_alone, positions_from_one, first_position_for_all)
        ),
    ),
    Mistake(
        "tokens-missing",
        "the stream begins without the tokens",
        "Two tables are added before the first block. Which one knows which token stands there?",
        ({"streams": beginning_with(position_alone)},),
    ),
    Mistake(
        "feed-forward-skipped",
        "the stream goes through the attention of each block alone",
        "A block adds to the stream twice. What adds the second time?",
        ({"streams": through(attention_half)},),
    ),
    Mistake(
        "attention-skipped",
        "the stream goes through the feed-forward layer of each block alone",
        "A block adds to the stream twice. What adds the first time?",
        ({"streams": through(feed_forward_half)},),
    ),
    Mistake(
        "residual-missing",
        "what a block computes takes the place of the stream",
        "After x = attention(...), where is what stood in x before?",
        ({"streams": through(without_residuals)},),
    ),
    Mistake(
        "residual-twice",
        "the result of a block is added to the stream once more",
        "model.blocks[0](x) already holds x. What does x + model.blocks[0](x) hold?",
        ({"streams": through(lambda block, x: x + block(x))},),
    ),
    Mistake(
        "stream-normalised",
        "the stream itself is normalised on its way",
        "Each reader normalises a copy for itself. Which line puts the normalised vectors back into the stream?",
        (
            {"streams": normed_on_the_way},
            {"streams": normed_after_each},
            {"streams": through(lambda block, x: block(block.attention_norm(x)))},
        ),
    ),
    Mistake(
        "blocks-not-chained",
        "every block reads the embeddings",
        "What does the second block read: the embeddings, or what the first one left?",
        ({"streams": each_from_the_beginning},),
    ),
)


# Attention patterns


def as_heads(rows: Tensor, heads: int) -> Tensor:
    """(batch, sequence, embed) -> (batch, heads, sequence, size)."""
    return rows.unflatten(-1, (heads, -1)).transpose(1, 2)


def view_as_heads(rows: Tensor, heads: int) -> Tensor:
    batch, sequence, embed = rows.shape
    return rows.reshape(batch, heads, sequence, embed // heads)


def view_after_a_transpose(rows: Tensor, heads: int) -> Tensor:
    batch, sequence, embed = rows.shape
    return rows.transpose(1, 2).reshape(batch, heads, sequence, embed // heads)


def size_before_heads(rows: Tensor, heads: int) -> Tensor:
    return rows.unflatten(-1, (-1, heads)).movedim(-1, 1)


def one_head(rows: Tensor, heads: int) -> Tensor:
    return rows[:, None]


def with_bias(layer: nn.Linear, x: Tensor) -> Tensor:
    return layer(x)


def forbid(scores: Tensor, future: Tensor) -> Tensor:
    return scores.masked_fill(future, -torch.inf)


def unchanged(x: Tensor, *_: object) -> Tensor:
    return x


def softmax(scores: Tensor) -> Tensor:
    return scores.softmax(dim=-1)


def own_norm(model: GPT2, layer: int, x: Tensor) -> Tensor:
    return model.blocks[layer].attention_norm(x)


def pattern_of(
    model: GPT2,
    input_ids: Tensor,
    layer: int,
    *,
    streams: Callable = run,
    counted: Callable[[int, int], int] = lambda layer, layers: layer,
    read: Callable[[int], int] = lambda layer: layer,
    weights: Callable[[int, int], int] = lambda layer, layers: layer,
    key_weights: Callable[[int, int], int] = lambda layer, layers: layer,
    norm: Callable = own_norm,
    roles: tuple[str, str] = ("query", "key"),
    project: Callable = with_bias,
    split: Callable = as_heads,
    split_key: Callable | None = None,
    scale: Callable[[Tensor, int], float] = lambda query, heads: query.shape[-1] ** -0.5,
    hide: Callable = forbid,
    normalise: Callable = softmax,
    after: Callable = unchanged,
    result: Callable = unchanged,
    every: bool = False,
) -> Tensor:
    """(batch, sequence) -> (batch, heads, query, key). The options are ways to get it wrong."""
    if every:
        return torch.stack([pattern_of(model, input_ids, number) for number in range(len(model.blocks))])
    layers = len(model.blocks)
    layer = counted(layer, layers)
    block, key_block = model.blocks[weights(layer, layers)], model.blocks[key_weights(weights(layer, layers), layers)]
    heads = block.attention.query.out_features // block.attention.head_size
    normed = norm(model, weights(layer, layers), streams(model, input_ids)[read(layer)])
    query = split(project(getattr(block.attention, roles[0]), normed), heads)
    key = (split_key or split)(project(getattr(key_block.attention, roles[1]), normed), heads)
    scores = query @ key.transpose(-2, -1) * scale(query, heads)
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    pattern = after(normalise(hide(scores, future)), future)
    return result(pattern, as_heads(block.attention.value(normed), heads))


def clamped(layer: int, layers: int) -> int:
    return min(max(layer, 0), layers - 1)


def filled_with(number: float, diagonal: int = 1) -> Callable:
    def hide(scores: Tensor, future: Tensor) -> Tensor:
        return scores.masked_fill(torch.ones_like(future).triu(diagonal), number)

    return hide


def nothing_hidden(scores: Tensor, future: Tensor) -> Tensor:
    return scores


def past_hidden(scores: Tensor, future: Tensor, number: float = -torch.inf) -> Tensor:
    return scores.masked_fill(~future, number)


def earlier_hidden(scores: Tensor, future: Tensor) -> Tensor:
    """What triu leaves visible where tril was meant: the token itself and what comes after it."""
    return scores.masked_fill(future.T, -torch.inf)
