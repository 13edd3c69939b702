"""GPT-2 around its blocks, as the oracle behind the checks, and the known ways to get it wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Mistake

Layer = Callable[[Tensor], Tensor]


def unchanged(x: Tensor) -> Tensor:
    return x


def layer_norm(x: Tensor, scale: Tensor | float = 1.0, shift: Tensor | float = 0.0) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt() * scale + shift


# The output layer


def output_logits(
    x: Tensor,
    weight: Tensor,
    *,
    before: Layer = unchanged,
    lay: Layer = unchanged,
    after: Layer = unchanged,
) -> Tensor:
    """x (..., embed) and weight (vocab, embed) -> logits (..., vocab)."""
    return after(before(x) @ lay(weight).T)


def read_as_columns(weight: Tensor) -> Tensor:
    """What view(embed, vocab) makes of (vocab, embed), for x @ it."""
    return weight.reshape(weight.shape[1], weight.shape[0]).T


def read_as_rows(weight: Tensor) -> Tensor:
    """The same with the weight kept the other way round."""
    return weight.T.reshape(weight.shape)


def over(axis: int, function: Callable) -> Layer:
    """A function of an axis, for logits that may lack it."""
    return lambda x: function(x, dim=axis if -x.dim() <= axis < x.dim() else -1)


OUTPUT_MISTAKES = (
    Mistake(
        "softmax-applied",
        "these are probabilities, not logits",
        "Which function makes probabilities of scores, and who calls it: this layer, or whoever uses its result?",
        tuple({"after": over(axis, torch.softmax)} for axis in (-1, -2, 1, 0)),
    ),
    Mistake(
        "log-softmax-applied",
        "these are logarithms of probabilities, not logits",
        "Which line takes a logarithm, and what would the temperature of lesson 05 do to its result?",
        tuple({"after": over(axis, torch.log_softmax)} for axis in (-1, -2, 1, 0)),
    ),
    Mistake(
        "activation-applied",
        "an activation function bends the numbers",
        "Which scores can no longer occur after it? Is a logit of -3 allowed?",
        tuple(
            {place: bend}
            for bend in (torch.relu, torch.nn.functional.gelu, torch.tanh, torch.sigmoid)
            for place in ("after", "before")
        ),
    ),
    Mistake(
        "logits-scaled",
        "the logits are multiplied or divided by something",
        "The root belongs to attention's scores. What does the equation of this layer divide by?",
        (
            {"before": lambda x: x / x.shape[-1] ** 0.5},
            {"before": lambda x: x * x.shape[-1] ** 0.5},
            {"before": lambda x: x / x.shape[-1]},
            {"after": lambda logits: logits / logits.shape[-1] ** 0.5},
            {"after": lambda logits: -logits},
        ),
    ),
    Mistake(
        "norm-inside",
        "the embeddings are normalised inside",
        "Which part of the model owns the last layer norm?",
        ({"before": layer_norm}, {"after": layer_norm}, {"before": lambda x: x / x.norm(dim=-1, keepdim=True)}),
    ),
    Mistake(
        "weight-reshaped",
        "the weights are reshaped where they should be transposed",
        "Row v holds the weights of token v. Where does view(embed, vocab) put the second number of row 0, and where "
        "does .T put it?",
        ({"lay": read_as_columns}, {"lay": read_as_rows}),
    ),
)


# The whole model


@dataclass(frozen=True)
class Ends:
    """What lies before and after the blocks: token (vocab, embed), position (context, embed), scale and shift."""

    token: Tensor
    position: Tensor
    scale: Tensor
    shift: Tensor

    def norm(self, x: Tensor) -> Tensor:
        """The last layer norm."""
        return layer_norm(x, self.scale, self.shift)


def look_up(token: Tensor, ids: Tensor) -> Tensor:
    return token[ids]


def from_the_first(position: Tensor, ids: Tensor) -> Tensor:
    return position[: ids.shape[1]]


def chained(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    """What the output layer reads: the stream after all blocks, normalised."""
    x = tokens + positions
    for block in blocks:
        x = block(x)
    return norm(x)


def model_logits(
    ids: Tensor,
    ends: Ends,
    blocks: Sequence[Layer] = (),
    *,
    rows: Callable[[Tensor, Tensor], Tensor] = look_up,
    places: Callable[[Tensor, Tensor], Tensor] = from_the_first,
    stream: Callable[[Tensor, Tensor, Sequence[Layer], Layer], Tensor] = chained,
    table: Layer = unchanged,
    **choices,
) -> Tensor:
    """ids (batch, sequence) -> logits (batch, sequence, vocab). The options are the known ways to get it wrong."""
    hidden = stream(rows(ends.token, ids), places(ends.position, ids), blocks, ends.norm)
    return output_logits(hidden, table(ends.token), **choices)


def without_padding(token: Tensor, ids: Tensor) -> Tensor:
    return token[ids] * (ids != 0)[..., None]


def previous(token: Tensor, ids: Tensor) -> Tensor:
    """Each token's predecessor: token 0, or nothing, before the first."""
    return torch.cat([token[torch.zeros_like(ids[:, :1])], token[ids[:, :-1]]], dim=1)


def previous_or_nothing(token: Tensor, ids: Tensor) -> Tensor:
    return torch.nn.functional.pad(token[ids], (0, 0, 1, -1))


def nowhere(position: Tensor, ids: Tensor) -> Tensor:
    return torch.zeros(ids.shape[1], position.shape[1])


def by_batch_row(position: Tensor, ids: Tensor) -> Tensor:
    return position[torch.arange(ids.shape[0]), None]


def slice_at(start: Callable[[int, int], int]) -> Callable[[Tensor, Tensor], Tensor]:
    """The positions from `start(sequence, context)` on."""

    def places(position: Tensor, ids: Tensor) -> Tensor:
        return position[start(ids.shape[1], len(position)) + torch.arange(ids.shape[1])]

    return places


def one_for_all(place: Callable[[int, int], int]) -> Callable[[Tensor, Tensor], Tensor]:
    """The same position for every token."""
    return lambda position, ids: position[place(ids.shape[1], len(position))].expand(ids.shape[1], -1)


def joined(join: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """Tokens and positions meet in another way than by a sum."""
    return lambda tokens, positions, blocks, norm: chained(join(tokens, positions), torch.zeros(()), blocks, norm)


def without_norm(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    return chained(tokens, positions, blocks, unchanged)


def post_norm(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    """What silent blocks that normalise the stream itself leave of it."""
    x = tokens + positions
    for _ in range(6):
        x = layer_norm(x)
    return norm(x)


ENDS_MISTAKES = (
    Mistake(
        "no-positions",
        "the positions are not used",
        "What tells this model that 'dog bites man' is not 'man bites dog'?",
        ({"places": nowhere},),
    ),
    Mistake(
        "positions-by-batch-row",
        "positions are counted along the batch, not along the text",
        "ids has shape (batch, sequence). Which of the two does len(ids) count, and which do positions run over?",
        (
            {"places": by_batch_row},
            {"places": lambda position, ids: position[torch.arange(ids.shape[0]), None].flip(0)},
        ),
    ),
    Mistake(
        "positions-shifted",
        "the first token does not get position 0",
        "Which row of the table does the first token get, and is one left for the last token of a full context?",
        (
            {"places": slice_at(lambda length, context: 1)},
            {"places": slice_at(lambda length, context: context - length)},
            {"places": slice_at(lambda length, context: -1)},
            {"places": lambda position, ids: position[: ids.shape[1]].flip(0)},
            {"places": slice_at(lambda length, context: 2)},
        ),
    ),
    Mistake(
        "one-position-for-all",
        "every token gets the same position",
        "How many different rows of the position table does a text of 5 tokens need?",
        (
            {"places": one_for_all(lambda length, context: 0)},
            {"places": one_for_all(lambda length, context: length - 1)},
            {"places": one_for_all(lambda length, context: length)},
            {"places": lambda position, ids: position[: ids.shape[1]].mean(0, keepdim=True)},
            {"places": lambda position, ids: position[: ids.shape[1]].sum(0, keepdim=True)},
            {"places": lambda position, ids: position.mean(0, keepdim=True)},
            {"places": lambda position, ids: position.sum(0, keepdim=True)},
            {"places": one_for_all(lambda length, context: context - 1)},
        ),
    ),
    Mistake(
        "positions-by-token",
        "the position table is read at the ids, not at the positions",
        "Token 7 stands third in a text. Which row of the position table should be read?",
        ({"places": lambda position, ids: position[ids]},),
    ),
    Mistake(
        "embedding-joined-wrongly",
        "token and position are not just added once",
        "How often is each of the two tables read, and which sign or operator stands between?",
        (
            {"stream": joined(lambda tokens, positions: 2 * tokens + positions)},
            {"stream": joined(lambda tokens, positions: tokens + 2 * positions)},
            {"stream": joined(lambda tokens, positions: 2 * tokens)},
            {"stream": joined(lambda tokens, positions: tokens * positions)},
            {"stream": joined(lambda tokens, positions: tokens - positions)},
            {"stream": joined(lambda tokens, positions: tokens * (1 + positions))},
            {"stream": joined(lambda tokens, positions: positions + 0 * tokens)},
        ),
    ),
    Mistake(
        "embedding-scaled",
        "the embedding is multiplied by sqrt(embed_size)",
        "The first transformer did that; its positions were not learned. What does the equation of this lesson say?",
        (
            {"stream": joined(lambda tokens, positions: tokens * tokens.shape[-1] ** 0.5 + positions)},
            {"stream": joined(lambda tokens, positions: tokens / tokens.shape[-1] ** 0.5 + positions)},
        ),
    ),
    Mistake(
        "padding-token",
        "token 0 is treated as padding",
        "In GPT-2's vocabulary id 0 is an exclamation mark. What should happen to a text that has one?",
        ({"rows": without_padding},),
    ),
    Mistake(
        "ids-shifted",
        "a token gets the embedding of another token",
        "Which row of the table belongs to id 5? Who shifts the text by one: the model, or the loss that trains it?",
        (
            {"rows": previous},
            {"rows": previous_or_nothing},
            {"rows": lambda token, ids: token[ids.roll(1, 1)]},
            {"rows": lambda token, ids: token[ids - 1]},
            {"rows": lambda token, ids: token[ids.roll(-1, 1)]},
            {"rows": lambda token, ids: token[(ids + 1) % len(token)]},
            {"rows": lambda token, ids: token[(ids + 1).clamp(max=len(token) - 1)]},
            {"rows": lambda token, ids: token[ids.flip(1)]},
        ),
    ),
    Mistake(
        "no-final-norm",
        "the last layer norm is missing",
        "Every block normalises what it reads and adds to the stream. Who normalises what the output layer reads?",
        ({"stream": without_norm},),
    ),
    Mistake(
        "post-norm",
        "the stream itself is normalised in the blocks",
        "With all weights 0 a block should hand its input on. Which line of yours changes it?",
        ({"stream": post_norm},),
    ),
    Mistake(
        "residual-missing",
        "the blocks do not hand the stream on",
        "With all weights 0, what does x + f(x) give, and what does f(x)?",
        ({"stream": joined(lambda tokens, positions: 0 * (tokens + positions))},),
    ),
)


# What silent blocks leave of mistakes in between.
BETWEEN_MISTAKES = (
    Mistake(
        "added-beside-the-blocks",
        "the positions are added again in every layer",
        "Where does the stream get its positions, and does a block take them away?",
        (
            {"stream": joined(lambda tokens, positions: tokens + 3 * positions)},
            {"stream": joined(lambda tokens, positions: tokens + 4 * positions)},
        ),
    ),
)


def through(blocks: Sequence[Layer], x: Tensor) -> Tensor:
    for block in blocks:
        x = block(x)
    return x


def each_from_the_embedding(combine: Callable[[list[Tensor], Tensor], Tensor]) -> Callable:
    """Every block reads the embedding; `combine(results, embedding)` makes one of them."""

    def stream(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
        x = tokens + positions
        return norm(combine([block(x) for block in blocks], x))

    return stream


def some(choose: Callable[[Sequence[Layer]], Sequence[Layer]]) -> Callable:
    """The stream passes through a choice of the blocks."""
    return lambda tokens, positions, blocks, norm: norm(through(choose(blocks), tokens + positions))


def with_residual(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    return norm(through([lambda x, block=block: x + block(x) for block in blocks], tokens + positions))


def embedding_added_at_the_end(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    return norm(through(blocks, tokens + positions) + tokens + positions)


def embedding_added_in_every_layer(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    x = tokens + positions
    return norm(through([lambda h, block=block: block(h) + x for block in blocks], x))


def positions_in_every_layer(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    return norm(through([lambda x, block=block: block(x + positions) for block in blocks], tokens))


def norm_in_the_loop(tokens: Tensor, positions: Tensor, blocks: Sequence[Layer], norm: Layer) -> Tensor:
    return through([lambda x, block=block: norm(block(x)) for block in blocks], tokens + positions)


# What a layer norm hides until there are blocks before it.
SCALE_MISTAKES = (
    Mistake(
        "embedding-joined-wrongly",
        "token and position are not just added once",
        "What does the equation do with the sum of the two embeddings: is it halved, or doubled?",
        (
            {"stream": joined(lambda tokens, positions: (tokens + positions) / 2)},
            {"stream": joined(lambda tokens, positions: 2 * (tokens + positions))},
        ),
    ),
    Mistake(
        "embedding-scaled",
        "the embedding is multiplied by sqrt(embed_size)",
        "The first transformer did that; its positions were not learned. What does the equation of this lesson say?",
        (
            {"stream": joined(lambda tokens, positions: (tokens + positions) * tokens.shape[-1] ** 0.5)},
            {"stream": joined(lambda tokens, positions: (tokens + positions) / tokens.shape[-1] ** 0.5)},
        ),
    ),
)

CHAIN_MISTAKES = (
    Mistake(
        "layers-not-chained",
        "the blocks are not chained",
        "What goes into block 1: the embedding, or what block 0 has made of it?",
        (
            {"stream": each_from_the_embedding(lambda results, x: results[-1])},
            {"stream": each_from_the_embedding(lambda results, x: sum(results))},
            {"stream": each_from_the_embedding(lambda results, x: sum(results) / len(results))},
            {"stream": each_from_the_embedding(lambda results, x: x + sum(results))},
            {"stream": each_from_the_embedding(lambda results, x: x + sum(y - x for y in results))},
            {"stream": each_from_the_embedding(lambda results, x: x)},
        ),
    ),
    Mistake(
        "blocks-skipped",
        "not every block is used once",
        "How often does the body of your loop run for 3 layers, and is there a return inside it?",
        (
            {"stream": some(lambda blocks: blocks[:1])},
            {"stream": some(lambda blocks: blocks[:-1])},
            {"stream": some(lambda blocks: blocks[1:])},
            {"stream": some(lambda blocks: blocks[::2])},
            {"stream": some(lambda blocks: blocks[:1] * len(blocks))},
            {"stream": some(lambda blocks: blocks[-1:] * len(blocks))},
            {"stream": some(lambda blocks: [*blocks, *blocks])},
            {"stream": some(lambda blocks: [*blocks, blocks[-1]])},
        ),
    ),
    Mistake(
        "added-beside-the-blocks",
        "something is added to the stream beside the blocks",
        "A block returns x plus what it found. What does x = x + block(x) add once more?",
        (
            {"stream": with_residual},
            {"stream": embedding_added_at_the_end},
            {"stream": embedding_added_in_every_layer},
            {"stream": positions_in_every_layer},
        ),
    ),
    Mistake(
        "positions-after-blocks",
        "the positions are added after the blocks",
        "Which part of the model needs to know who stands where: attention, or the output layer?",
        ({"stream": lambda tokens, positions, blocks, norm: norm(through(blocks, tokens) + positions)},),
    ),
    Mistake(
        "final-norm-misplaced",
        "the last layer norm stands in another place",
        "What does the output layer read? Which line of forward should the last layer norm be?",
        (
            {"stream": lambda tokens, positions, blocks, norm: through(blocks, norm(tokens + positions))},
            {"stream": norm_in_the_loop},
            {"stream": lambda tokens, positions, blocks, norm: norm(through(blocks, norm(tokens + positions)))},
            {"stream": lambda tokens, positions, blocks, norm: norm(through(blocks, tokens) + norm(positions))},
        ),
    ),
)
