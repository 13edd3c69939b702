"""The logit lens as the oracle behind the checks of lesson 12, and the known ways to get it wrong."""

import itertools
from collections.abc import Callable

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.look_inside_oracle import (
    STREAM_MISTAKES,
    attention_half,
    bare,
    inside_the_blocks,
    run,
    token_alone,
    token_and_position,
)
from gpt2_ref.model import GPT2


def final_norm(model: GPT2, number: int, x: Tensor) -> Tensor:
    return model.final_norm(x)


def lens_of(
    model: GPT2,
    input_ids: Tensor,
    *,
    streams: Callable = run,
    kept: Callable[[list[Tensor]], list[Tensor]] = lambda streams: streams,
    norm: Callable = final_norm,
    read: Callable[[Tensor, Tensor], Tensor] = lambda x, table: x @ table.T,
    result: Callable[[Tensor], Tensor] = lambda logits: logits,
) -> Tensor:
    """(batch, sequence) -> (num_layers + 1, batch, sequence, vocab). The options are ways to get it wrong."""
    seen = kept(streams(model, input_ids))
    table = model.token_embedding.weight
    return result(torch.stack([read(norm(model, number, x), table) for number, x in enumerate(seen)]))


def norm_of_the_reader(model: GPT2, number: int, x: Tensor) -> Tensor:
    """The layer norm of the block that would read the stream next."""
    return model.blocks[number].attention_norm(x) if number < len(model.blocks) else model.final_norm(x)


def norm_of_the_writer(first: str, name: str, last: str | None = None) -> Callable:
    """A layer norm of the block that has written last. `first` is used for the embeddings, `last` at the end."""

    def norm(model: GPT2, number: int, x: Tensor) -> Tensor:
        if not number:
            return getattr(model.blocks[0], first)(x) if first != "final_norm" else model.final_norm(x)
        if last is not None and number == len(model.blocks):
            return model.final_norm(x)
        return getattr(model.blocks[number - 1], name)(x)

    return norm


def at_the_end(only: Callable, others: Callable) -> Callable:
    """One norm for the stream after the last block, another for all others."""
    return lambda model, number, x: (only if number == len(model.blocks) else others)(model, number, x)


def no_norm(model: GPT2, number: int, x: Tensor) -> Tensor:
    return x


def two_norms(model: GPT2, number: int, x: Tensor) -> Tensor:
    return model.final_norm(model.final_norm(x))


def beyond_the_end(model: GPT2, number: int, x: Tensor) -> Tensor:
    """The last layer norm, twice for a row after the last."""
    return (two_norms if number > len(model.blocks) else final_norm)(model, number, x)


def contributions(streams: list[Tensor]) -> list[Tensor]:
    return [streams[0], *(after - before for before, after in itertools.pairwise(streams))]


def attention_alone(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """The embeddings, then what the attention of each block adds."""
    whole = run(model, input_ids)
    return [whole[0], *(attention_half(block, x) - x for block, x in zip(model.blocks, whole, strict=False))]


def feed_forward_alone(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """The embeddings, then what the feed-forward layer of each block adds."""
    first, *after = run(model, input_ids)
    return [first, *(x - middle for x, middle in zip(after, inside_the_blocks(model, input_ids), strict=False))]


def embeddings_and_middles(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    return [token_and_position(model, input_ids), *inside_the_blocks(model, input_ids)[:-1]]


def every_half(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    first, *after = run(model, input_ids)
    halves = zip(inside_the_blocks(model, input_ids), after, strict=False)
    return [first, *(x for pair in halves for x in pair)]


def first_without_positions(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    return [token_alone(model, input_ids), *run(model, input_ids)[1:]]


def tokens_before_all(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    return [token_alone(model, input_ids), *run(model, input_ids)]


LENS_MISTAKES = (
    *STREAM_MISTAKES,
    Mistake(
        "first-without-positions",
        "the positions are missing before the first block alone",
        "What the first block reads is the sum of two tables. What do you read before it?",
        ({"streams": first_without_positions},),
    ),
    Mistake(
        "one-too-many",
        "there is one more row than streams",
        "How many layers has the model, and how many times can its stream be read, counting the embeddings? "
        "Which of yours comes twice?",
        (
            {"kept": lambda streams: [*streams, streams[-1]]},
            {"kept": lambda streams: [*streams, streams[-1]], "norm": beyond_the_end},
            {"kept": lambda streams: [streams[0], *streams]},
            {"streams": tokens_before_all},
        ),
    ),
    Mistake(
        "final-norm-missing",
        "the last layer norm is left out",
        "What stands between the last block and the output layer, and is it there for every row of your result?",
        ({"norm": no_norm}, {"norm": at_the_end(final_norm, no_norm)}, {"norm": at_the_end(no_norm, final_norm)}),
    ),
    Mistake(
        "norm-twice",
        "the last layer norm is applied twice",
        "model.hidden(...) and what a hook on final_norm gives have passed the norm. How often should they?",
        ({"norm": at_the_end(two_norms, final_norm)}, {"norm": two_norms}),
    ),
    Mistake(
        "wrong-norm",
        "it is the layer norm of a block, not the last one of the model",
        "Which layer norm is the output layer used to?",
        (
            {"norm": norm_of_the_reader},
            *(
                {"norm": norm_of_the_writer(*names)}
                for names in itertools.product(
                    ("attention_norm", "feed_forward_norm", "final_norm"),
                    ("feed_forward_norm", "attention_norm"),
                    (None, "final_norm"),
                )
            ),
        ),
    ),
    Mistake(
        "norm-unscaled",
        "the layer norm has lost its scale and shift",
        "Besides mean 0 and variance 1, what does a trained layer norm do to each place?",
        ({"norm": lambda model, number, x: bare(x)},),
    ),
    Mistake(
        "probabilities",
        "it gives probabilities, not logits",
        "Is the last row of your result what model(input_ids) gives?",
        (
            {"read": lambda x, table: (x @ table.T).softmax(dim=-1)},
            {"read": lambda x, table: (x @ table.T).log_softmax(dim=-1)},
            *({"result": lambda logits, axis=axis: logits.softmax(dim=axis)} for axis in (0, 1, 2)),
        ),
    ),
    Mistake(
        "token-ids",
        "it gives the likeliest tokens, not the logits",
        "A logit for every token of the vocabulary is asked for. Which line throws all but one away?",
        (
            {"read": lambda x, table: (x @ table.T).argmax(dim=-1).to(x)},
            {"read": lambda x, table: (x @ table.T).amax(dim=-1)},
        ),
    ),
    Mistake(
        "logits-missing",
        "it gives vectors of the stream, not logits",
        "Which layer turns a vector of the stream into a number for every token of the vocabulary?",
        ({"read": lambda x, table: x}, {"read": lambda x, table: x, "norm": no_norm}),
    ),
    Mistake(
        "embeddings-missing",
        "it begins after the first block",
        "How many layers has the model, and how many times can its stream be read, counting the embeddings?",
        ({"kept": lambda streams: streams[1:]},),
    ),
    Mistake(
        "last-missing",
        "the stream after the last block is missing",
        "How many layers has the model, and how many times can its stream be read? Where is model(input_ids)?",
        ({"kept": lambda streams: streams[:-1]}, {"kept": lambda streams: streams[1:-1]}),
    ),
    Mistake(
        "last-only",
        "it reads the stream after the last block alone",
        "model(input_ids) is the last row of the result. What are the others?",
        (
            {"kept": lambda streams: streams[-1:]},
            {"kept": lambda streams: streams[-1:], "result": lambda logits: logits[0]},
        ),
    ),
    Mistake(
        "same-stream-everywhere",
        "every row of the result is the same",
        "Is what you keep of the stream changed afterwards? What does += do to a tensor that stands in a list?",
        ({"kept": lambda streams: streams[-1:] * len(streams)}, {"kept": lambda streams: streams[:1] * len(streams)}),
    ),
    Mistake(
        "contributions",
        "it reads what each block adds, not the stream",
        "The stream after two blocks is what the embeddings and both blocks have written together. What do you read?",
        (
            {"kept": contributions},
            {"streams": attention_alone},
            {"streams": feed_forward_alone},
            {"kept": lambda streams: contributions(streams)[1:]},
            {"kept": lambda streams: list(torch.stack(streams).cumsum(dim=0))},
        ),
    ),
    Mistake(
        "stream-inside-block",
        "the stream is read in the middle of each block",
        "A block adds to the stream twice. After which of the two do you read?",
        ({"streams": embeddings_and_middles}, {"streams": inside_the_blocks}, {"streams": every_half}),
    ),
    Mistake(
        "order-reversed",
        "the last layer comes first",
        "Row 0 is read before the first block. Which row of yours is that?",
        ({"kept": lambda streams: streams[::-1]},),
    ),
    Mistake(
        "last-token-only",
        "it gives the logits after the last token alone",
        "How many tokens has the text? After each of them the model says something.",
        (
            {"result": lambda logits: logits[:, :, -1]},
            {"result": lambda logits: logits[:, :, -1:]},
            {"result": lambda logits: logits[:, :, -1].transpose(0, 1)},
        ),
    ),
    Mistake(
        "batch-missing",
        "the axis of the batch is gone",
        "Several texts come in. Where are the second one's logits?",
        (
            {"result": lambda logits: logits[:, 0]},
            {"result": lambda logits: logits[:, :1]},
            {"result": lambda logits: logits.mean(dim=1)},
            {"result": lambda logits: logits.squeeze(1)},
        ),
    ),
    Mistake(
        "axes-in-another-order",
        "the axes stand in another order",
        "The result is (num_layers + 1, batch, sequence, vocab). Along which axis do you join the layers?",
        (
            {"result": lambda logits: logits.movedim(0, 1)},
            {"result": lambda logits: logits.movedim(0, 2)},
            {"result": lambda logits: logits.movedim(0, 3)},
            {"result": lambda logits: logits.transpose(-2, -1)},
        ),
    ),
    Mistake(
        "not-stacked",
        "the layers have no axis of their own",
        "What is the difference between torch.cat and torch.stack?",
        tuple({"result": lambda logits, axis=axis: torch.cat(logits.unbind(0), dim=axis)} for axis in (0, 1, 2)),
    ),
)
