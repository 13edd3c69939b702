"""Attention as the oracle behind the checks, and the known ways to get it wrong: each option is one of them."""

import itertools
from collections.abc import Callable

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.roles import Weights


def forbid(scores: Tensor, future: Tensor) -> Tensor:
    return scores.masked_fill(future, float("-inf"))


def softmax(scores: Tensor) -> Tensor:
    return scores.softmax(dim=-1)


def unchanged(weights: Tensor, *_: object) -> Tensor:
    return weights


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    reads: tuple[int, int, int] = (0, 1, 2),
    scale: Callable[[Tensor], float] = lambda query: query.shape[-1] ** -0.5,
    hide: Callable = forbid,
    normalise: Callable = softmax,
    rescale: Callable = unchanged,
    after: Callable = unchanged,
    future: Tensor | None = None,
) -> Tensor:
    """query, key, value (batch, heads, sequence, size) -> same.

    future (query, key): the pairs to hide, where they are others than those of one whole text.
    """
    query, key, value = (((query, key, value))[role] for role in reads)
    if future is None:
        length = query.shape[-2]
        future = torch.ones(length, length).triu(1).bool()
    scores = query @ key.transpose(-2, -1) * scale(query)
    weights = rescale(after(normalise(hide(scores, future)), future), query)
    return weights @ value


def as_heads(projected: list[Tensor]) -> list[Tensor]:
    """Query, key and value rows (batch, sequence, heads, size) -> (batch, heads, sequence, size)."""
    return [rows.transpose(1, 2) for rows in projected]


def self_attention(
    x: Tensor,
    weights: Weights,
    *,
    split: Callable = as_heads,
    merge: Callable = lambda heads: heads.transpose(1, 2),
    project: bool = True,
    residual: bool = False,
    **choices,
) -> Tensor:
    """x (batch, sequence, embed) -> same, with the weights that were read from the learner's module."""
    projected = [projection(x, rows) for rows in (weights.query, weights.key, weights.value)]
    return handed_on(x, merge(attention(*split(projected), **choices)), weights, project, residual)


def projection(x: Tensor, rows: Tensor) -> Tensor:
    """x (batch, sequence, embed), rows (heads, size, embed + 1) -> (batch, sequence, heads, size)."""
    ones = torch.cat([x, torch.ones(*x.shape[:-1], 1)], dim=-1)
    return torch.einsum("bte, hse -> bths", ones, rows)


def handed_on(x: Tensor, mixed: Tensor, weights: Weights, project: bool = True, residual: bool = False) -> Tensor:
    """What becomes of the merged heads `mixed`: the output projection."""
    if project:
        rows = mixed.reshape(*x.shape[:-1], *weights.output.shape[1:])
        result = torch.einsum("bths, ehs -> bte", rows, weights.output) + weights.output_bias
    else:
        result = mixed.reshape(x.shape)
    return x + result if residual else result


def view_as_heads(projected: list[Tensor]) -> list[Tensor]:
    """What view(batch, heads, sequence, size) makes of (batch, sequence, heads, size): tokens and heads mixed up."""
    batch, sequence, heads, size = projected[0].shape
    return [rows.reshape(batch, heads, sequence, size) for rows in projected]


def view_fused_as_heads(projected: list[Tensor]) -> tuple[Tensor, ...]:
    """The same with one fused projection: view(batch, 3, heads, sequence, size)."""
    batch, sequence, heads, size = projected[0].shape
    return torch.stack(projected, dim=2).reshape(batch, 3, heads, sequence, size).unbind(1)


def swap_size_and_heads(projected: list[Tensor]) -> list[Tensor]:
    """What transpose(-2, -1) makes of (batch, sequence, heads, size) in place of transpose(1, 2)."""
    return [rows.transpose(2, 3) for rows in projected]


def view_as_tokens(heads: Tensor) -> Tensor:
    """What reshape(batch, sequence, heads * size) makes of (batch, heads, sequence, size)."""
    batch, number, sequence, size = heads.shape
    return heads.reshape(batch, sequence, number, size)


def swap_the_last_axes(heads: Tensor) -> Tensor:
    """The same after transpose(2, 3) in place of transpose(1, 2)."""
    batch, number, sequence, size = heads.shape
    return heads.transpose(2, 3).reshape(batch, sequence, number, size)


# Masks that hide the wrong pairs, or do not hide them


def as_infinity(scores: Tensor, hidden: Tensor) -> Tensor:
    return scores.masked_fill(hidden, float("-inf"))


def as_large(scores: Tensor, hidden: Tensor) -> Tensor:
    return scores.masked_fill(hidden, -1e9)


def as_addend(scores: Tensor, hidden: Tensor) -> Tensor:
    return scores - 1e9 * hidden


def zeros_for_nan(weights: Tensor) -> Tensor:
    return weights.softmax(dim=-1).nan_to_num(0.0)


def past_and_self(future: Tensor) -> Tensor:
    return ~future


def past(future: Tensor) -> Tensor:
    return future.T


def future_and_self(future: Tensor) -> Tensor:
    return ~future.T


def hiding(hidden: Callable[[Tensor], Tensor]) -> tuple[dict[str, Callable], ...]:
    """The ways to hide the wrong pairs; a row that sees nothing becomes NaN, 0 or a mean of all."""
    infinite = {"hide": lambda scores, future: as_infinity(scores, hidden(future))}
    large = {"hide": lambda scores, future: as_large(scores, hidden(future))}
    added = {"hide": lambda scores, future: as_addend(scores, hidden(future))}
    return infinite, {**infinite, "normalise": zeros_for_nan}, large, added


def weak(fill: float) -> tuple[dict[str, Callable], ...]:
    return (
        {"hide": lambda scores, future: scores.masked_fill(future, fill)},
        {"hide": lambda scores, future: scores + fill * future},
    )


ATTENTION_MISTAKES = (
    Mistake(
        "no-mask",
        "there is no causal mask",
        "Token 0 comes first. Which tokens may it see, and which line of your code says so?",
        ({"hide": unchanged},),
    ),
    Mistake(
        "additive-zero-one-mask",
        "a mask of zeros and ones is added to the scores",
        "How much does a weight shrink when its score is smaller by 1? Which score would give a weight of exactly 0?",
        (
            {"hide": lambda scores, future: scores + (~future).to(scores)},
            {"hide": lambda scores, future: scores + future.to(scores)},
            {"hide": lambda scores, future: scores - future.to(scores)},
        ),
    ),
    Mistake(
        "tiny-mask",
        "the mask makes the hidden scores 0, or moves them by next to nothing",
        "What does the softmax make of a score of 0? Is -1e-9 a large negative number or a small one?",
        (
            {"hide": lambda scores, future: scores * ~future},
            {"hide": lambda scores, future: scores * future},
            *(
                {"hide": hide}
                for size in (1e-9, -1e-9, 1e-10, 1e-8, 1e-6)
                for hide in (
                    lambda scores, future, size=size: scores - size * future,
                    lambda scores, future, size=size: scores.masked_fill(future, -size),
                )
            ),
        ),
    ),
    Mistake(
        "inverted-mask",
        "the mask is inverted: a token sees the future and not the past",
        "Does True in your mask mean 'may look' or 'is hidden'? Which of the two does the function you call expect?",
        tuple(itertools.chain(*zip(hiding(past_and_self), hiding(past), strict=True))),
    ),
    Mistake(
        "strict-mask",
        "a token does not see itself",
        "What is left for token 0 to look at? Does the diagonal belong to the hidden part?",
        hiding(future_and_self),
    ),
    Mistake(
        "mask-after-softmax",
        "the mask is applied after the softmax",
        "What does each row of weights add up to after your mask?",
        (
            {"hide": unchanged, "after": lambda weights, future: weights.masked_fill(future, 0.0)},
            {"hide": unchanged, "after": forbid},
            {"hide": unchanged, "after": as_large},
        ),
    ),
    Mistake(
        "weak-mask",
        "the mask subtracts too little",
        "How large can a score be? Which number can no score make up for?",
        tuple(
            itertools.chain.from_iterable(
                weak(-float(fill)) for fill in (20, 10, *range(1, 10), *range(11, 20), 25, 30, 40, 50, 64, 80, 99, 100)
            )
        ),
    ),
    Mistake(
        "scale-missing",
        "the scores are not divided by sqrt(head_size)",
        "How does the spread of query @ key grow with head_size?",
        ({"scale": lambda query: 1.0},),
    ),
    Mistake(
        "scale-embed",
        "the scores are divided by sqrt(embed_size), not sqrt(head_size)",
        "How many products does one score add up: as many as one head has numbers, or all heads together?",
        ({"scale": lambda query: (query.shape[1] * query.shape[-1]) ** -0.5},),
    ),
    Mistake(
        "scale-without-root",
        "the scores are divided by head_size, not by its root",
        "If a sum has n random terms, does its spread grow like n or like the root of n?",
        ({"scale": lambda query: 1 / query.shape[-1]},),
    ),
    Mistake(
        "scale-multiplied",
        "the scores are multiplied by sqrt(head_size)",
        "Should the scores become larger or smaller before the softmax?",
        ({"scale": lambda query: query.shape[-1] ** 0.5},),
    ),
    Mistake(
        "scale-sequence",
        "the scores are scaled by the sequence length",
        "Which axis of query is the one that query @ key adds up over?",
        ({"scale": lambda query: query.shape[-2] ** -0.5}, {"scale": lambda query: 1 / query.shape[-2]}),
    ),
    Mistake(
        "scale-heads",
        "the scores are scaled by the number of heads",
        "Which axis of query is the one that query @ key adds up over?",
        ({"scale": lambda query: query.shape[1] ** -0.5}, {"scale": lambda query: 1 / query.shape[1]}),
    ),
    Mistake(
        "scale-fixed",
        "the scores are divided by a fixed number, whatever head_size is",
        "Is head_size 64 in every model? Which axis of query tells it?",
        tuple({"scale": lambda query, divisor=divisor: 1 / divisor} for divisor in (8, 64, 2, 4, 10)),
    ),
    Mistake(
        "scale-after-softmax",
        "the weights are scaled after the softmax, not the scores before it",
        "What does each row of weights add up to?",
        (
            {"scale": lambda query: 1.0, "rescale": lambda weights, query: weights / query.shape[-1] ** 0.5},
            {"rescale": lambda weights, query: weights / query.shape[-1] ** 0.5},
        ),
    ),
    Mistake(
        "softmax-wrong-axis",
        "the softmax runs over the wrong axis",
        "Which axis of the scores holds the keys that one query chooses among?",
        tuple({"normalise": lambda scores, axis=axis: scores.softmax(dim=axis)} for axis in (-2, 1, 0))
        + tuple(
            {"normalise": lambda scores, axis=axis: scores.softmax(dim=axis).nan_to_num(0.0)} for axis in (-2, 1, 0)
        )
        + tuple(
            {"hide": as_large, "normalise": lambda scores, axis=axis: scores.softmax(dim=axis)} for axis in (-2, 1, 0)
        )
        + ({"normalise": lambda scores: scores.flatten(-2).softmax(-1).view_as(scores)},),
    ),
    Mistake(
        "softmax-missing",
        "the softmax is missing",
        "What must the weights of one query add up to, and may they be negative?",
        (
            {"hide": lambda scores, future: scores.masked_fill(future, 0.0), "normalise": unchanged},
            {"normalise": unchanged},
            {"hide": as_large, "normalise": unchanged},
            {
                "hide": lambda scores, future: scores.masked_fill(future, 0.0),
                "normalise": lambda scores: scores / scores.sum(dim=-1, keepdim=True),
            },
            {"hide": unchanged, "normalise": unchanged},
        ),
    ),
    Mistake(
        "key-unused",
        "queries are compared with queries, the keys are not used",
        "Which two tensors make the scores?",
        ({"reads": (0, 0, 2)},),
    ),
    Mistake(
        "query-unused",
        "keys are compared with keys, the queries are not used",
        "Which two tensors make the scores?",
        ({"reads": (1, 1, 2)},),
    ),
    Mistake(
        "value-unused",
        "the weights mix something else than the values",
        "Which tensor do the weights multiply?",
        ({"reads": (0, 1, 1)}, {"reads": (0, 1, 0)}),
    ),
    Mistake(
        "roles-swapped",
        "query, key and value are in each other's places",
        "Who asks, who is asked, and what is handed over?",
        (
            {"reads": (1, 0, 2)},
            {"reads": (0, 2, 1)},
            {"reads": (2, 1, 0)},
            {"reads": (1, 2, 0)},
            {"reads": (2, 0, 1)},
        ),
    ),
    Mistake(
        "sees-the-future",
        "a token sees tokens that come after it",
        "Which pairs of query and key does your mask hide?",
    ),
    Mistake(
        "misses-the-past",
        "a token does not see all that came before it",
        "Which pairs of query and key does your mask hide?",
    ),
)
