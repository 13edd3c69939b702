"""The induction score as the oracle behind the checks of lesson 12, and the known ways to get it wrong."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Mistake


def score_of(
    pattern: Tensor,
    period: int,
    *,
    key: Callable[[int, int], int] = lambda i, period: i - period + 1,
    queries: Callable[[int, int], Iterable[int]] = range,
    inside: bool = False,
    of: Callable[[Tensor, int], Tensor] = lambda pattern, period: pattern,
    reduce: Callable[[Tensor, int, int], Tensor] = lambda picked, period, length: picked.mean(dim=-1),
) -> Tensor:
    """pattern (..., query, key) -> (...). The options are ways to get it wrong.

    inside: leave out the keys that do not exist; else those below 0 count from the end, as everywhere in Python.
    """
    length = pattern.shape[-1]
    pairs = [(i, key(i, period)) for i in queries(period, length)]
    seen = of(pattern, period)
    picked = [seen[..., i, j] for i, j in pairs if not inside or 0 <= j < length]
    return reduce(torch.stack(picked, dim=-1), period, length)


def hits(pattern: Tensor, period: int) -> Tensor:
    """1 at the largest entry of each row, 0 elsewhere."""
    return torch.zeros_like(pattern).scatter(-1, pattern.argmax(dim=-1, keepdim=True), 1.0)


def added_over_passes(pattern: Tensor, period: int) -> Tensor:
    """To each key, the attention to those that stand a multiple of the period before it and have a token before."""
    total = pattern.clone()
    for back in range(period, pattern.shape[-1], period):
        total[..., back + 1 :] += pattern[..., 1:-back]
    return total


def share_of(total: Callable[[int, int], int]) -> Callable:
    return lambda picked, period, length: picked.sum(dim=-1) / total(period, length)


SCORE_MISTAKES = (
    Mistake(
        "looks-at-the-twin",
        "it counts the attention to the earlier copy of the token itself",
        "An induction head wants to know what came next the last time. Where does that stand, seen from the twin?",
        ({"key": lambda i, period: i - period},),
    ),
    Mistake(
        "one-too-far",
        "it counts the attention to one token too late",
        "The twin of token i stands at i - period. How far behind it is the token that followed?",
        (
            {"key": lambda i, period: i - period + 2},
            {"key": lambda i, period: i - period + 2, "inside": True},
        ),
    ),
    Mistake(
        "one-too-early",
        "it counts the attention to the token before the twin",
        "The twin of token i stands at i - period. Does what came next stand at a larger or a smaller index?",
        (
            {"key": lambda i, period: i - period - 1},
            {"key": lambda i, period: i - period - 1, "inside": True},
        ),
    ),
    Mistake(
        "other-distance",
        "the distance between query and key does not depend on the period",
        "How far back does token i have to look when the text repeats every `period` tokens?",
        (
            {"key": lambda i, period: i - 1},
            {"key": lambda i, period: i},
            {"key": lambda i, period: 1},
            {"key": lambda i, period: period},
            {"key": lambda i, period: period - 1},
            {"key": lambda i, period: 0},
            {"key": lambda i, period: i - 1, "queries": lambda period, length: range(1, length)},
            {"key": lambda i, period: i, "queries": lambda period, length: range(length)},
        ),
    ),
    Mistake(
        "first-pass-counted",
        "queries of the first pass are counted",
        "What could token 2 copy when the text has not begun to repeat? From which index on is there a twin?",
        (
            {"queries": lambda period, length: range(period - 1, length)},
            {"queries": lambda period, length: range(length)},
            {"queries": lambda period, length: range(1, length)},
            {"queries": lambda period, length: range(period)},
            {"queries": lambda period, length: range(length), "key": lambda i, period: max(i - period + 1, 0)},
        ),
    ),
    Mistake(
        "starts-late",
        "the first queries that have a twin are left out",
        "With a period of 5, which is the first token that has been there before?",
        (
            {"queries": lambda period, length: range(period + 1, length)},
            {"queries": lambda period, length: range(2 * period - 1, length)},
            {"queries": lambda period, length: range(2 * period, length)},
        ),
    ),
    Mistake(
        "stops-early",
        "the last queries are left out",
        "Which is the last token of the text, and is it counted in every pass?",
        (
            {"queries": lambda period, length: range(period, length - 1)},
            {"queries": lambda period, length: range(period, min(2 * period, length))},
            {"queries": lambda period, length: range(period, min(2 * period - 1, length))},
            {"queries": lambda period, length: range(period, length // period * period)},
            {"queries": lambda period, length: range(period, period + 1)},
        ),
    ),
    Mistake(
        "last-query-only",
        "it looks at the last token alone",
        "How many tokens have a twin? The score is the mean over all of them.",
        ({"queries": lambda period, length: range(length - 1, length)},),
    ),
    Mistake(
        "sum-instead-of-mean",
        "the attention is added up and not averaged",
        "Can the score of a head be larger than 1?",
        ({"reduce": lambda picked, period, length: picked.sum(dim=-1)},),
    ),
    Mistake(
        "wrong-divisor",
        "the sum is divided by another number than that of its terms",
        "How many queries stand in your sum?",
        tuple(
            {"reduce": share_of(total)}
            for total in (
                lambda period, length: length,
                lambda period, length: length - period + 1,
                lambda period, length: period,
                lambda period, length: length - 1,
                lambda period, length: length - period - 1 or 1,
            )
        ),
    ),
    Mistake(
        "other-summary",
        "it is not the mean of the attention",
        "The score is a mean over the queries. What does your code take: the largest, the middle one?",
        (
            {"reduce": lambda picked, period, length: picked.amax(dim=-1)},
            {"reduce": lambda picked, period, length: picked.median(dim=-1).values},
            {"reduce": lambda picked, period, length: picked.amin(dim=-1)},
            {"reduce": lambda picked, period, length: picked.log().mean(dim=-1)},
        ),
    ),
    Mistake(
        "hits-counted",
        "it counts how often the head looks there most, not how much",
        "A head that spends 0.6 and one that spends 0.9 on the right token: do they get the same score?",
        ({"of": hits},),
    ),
    Mistake(
        "heads-averaged",
        "the heads are averaged",
        "One score is asked for each head, and each text. Over which axis alone does the mean run?",
        (
            {"reduce": lambda picked, period, length: picked.mean()},
            {"reduce": lambda picked, period, length: picked.mean(dim=(-2, -1))},
            {"reduce": lambda picked, period, length: picked.mean(dim=(0, -1))},
        ),
    ),
    Mistake(
        "not-averaged",
        "it gives the attention of each query, not their mean",
        "How many numbers should come back for one head?",
        (
            {"reduce": lambda picked, period, length: picked},
            {"reduce": lambda picked, period, length: picked.mean(dim=0)},
        ),
    ),
    Mistake(
        "query-and-key-axes-swapped",
        "query and key have changed places",
        "The pattern is (..., query, key). Which index comes first, that of the token that looks, or that of the one "
        "looked at? And which diagonals lie below the main one?",
        ({"of": lambda pattern, period: pattern.transpose(-2, -1)},),
    ),
    Mistake(
        "all-passes-added",
        "it adds the attention to all earlier passes",
        "In the third pass a token has two twins. Which one does the exercise mean?",
        ({"of": added_over_passes},),
    ),
)
