"""Attention that reads a text chunk by chunk, and the known ways to get it wrong: each option is one of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import torch
from torch import Tensor

from gpt2_ref.checks.attention import MODULE_MISTAKES
from gpt2_ref.checks.attention_oracle import attention, handed_on, projection
from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.roles import Weights

Rows = tuple[Tensor, Tensor]
"""Keys and values, (batch, heads, rows, size) each."""

Keeping = Callable[[Rows | None, Rows], tuple[Rows, Rows | None]]
"""``(cached or None, new) -> (what the new tokens attend to, what is cached next)``."""


def joined(old: Rows | None, new: Rows) -> Rows:
    return new if old is None else tuple(torch.cat(rows, dim=2) for rows in zip(old, new, strict=True))


def extended(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(old, new), joined(old, new)


def not_yet(new: int, rows: int) -> Tensor:
    """(new, rows): the pairs to hide when the last `new` of `rows` tokens are the queries."""
    return torch.ones(new, rows).triu(1 + rows - new).bool()


def in_chunks(
    x: Tensor,
    chunks: list[int],
    weights: Weights,
    *,
    keep: Keeping = extended,
    hidden: Callable[[int, int], Tensor] = not_yet,
    again: bool = False,
    later: Mapping[str, object] = MappingProxyType({}),
) -> Tensor:
    """x (batch, sequence, embed) -> same, computed chunk by chunk.

    hidden: what the mask hides in the chunks after the first;
    again: what is cached is projected once more with each later chunk;
    later: choices that turn `self_attention` wrong once there is a cache.
    """
    projections = weights.query, weights.key, weights.value
    projected = [projection(x, rows).transpose(1, 2).split(chunks, dim=2) for rows in projections]
    results, cache = [], None
    for chunk, query, *new_rows in zip(x.split(chunks, dim=1), *projected, strict=True):
        choices = {"merge": lambda heads: heads.transpose(1, 2), **(later if results else {})}
        finish = {name: choices.pop(name) for name in ("project", "residual") if name in choices}
        merge = choices.pop("merge")
        if again and cache is not None:
            flat_rows = [rows.transpose(1, 2).flatten(2) for rows in cache]
            cache = tuple(projection(*pair).transpose(1, 2) for pair in zip(flat_rows, projections[1:], strict=True))
        (keys, values), cache = keep(cache, tuple(new_rows))
        future = (hidden if results else not_yet)(query.shape[2], keys.shape[2])
        mixed = attention(query, keys, values, future=future, **choices)
        results.append(handed_on(chunk, merge(mixed), weights, **finish))
    return torch.cat(results, dim=1)


def newest_replace(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(old, new), new


def first_stays(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(old, new), new if old is None else old


def too_late(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return new if old is None else old, joined(old, new)


def swapped(rows: Rows | None) -> Rows | None:
    return rows and (rows[1], rows[0])


def swapped_once(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(swapped(old), new), joined(old, new)


def swapped_each_time(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(swapped(old), new), joined(swapped(old), new)


def one_twice(which: int) -> Keeping:
    """Both places of the cache hold the keys (0), or the values (1)."""

    def keep(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
        rows = joined(old, new)
        return rows, (rows[which], rows[which])

    return keep


def in_front(keys: bool, values: bool) -> Keeping:
    """New rows stand in front of the cached ones."""

    def keep(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
        behind, front = joined(old, new), joined(new, old) if old else new
        rows = (front if keys else behind)[0], (front if values else behind)[1]
        return rows, rows

    return keep


def one_row(row: slice) -> Keeping:
    """One row of each chunk is cached."""

    def keep(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
        return joined(old, new), joined(old, tuple(part[:, :, row] for part in new))

    return keep


def first_twice(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(old, new), joined(new if old is None else old, new)


def each_twice(old: Rows | None, new: Rows) -> tuple[Rows, Rows]:
    return joined(old, new), joined(joined(old, new), new)


def none(new: int, rows: int) -> Tensor:
    return torch.zeros(new, rows, dtype=torch.bool)


def shifted(shift: Callable[[int, int], int]) -> Callable[[int, int], Tensor]:
    return lambda new, rows: torch.ones(new, rows).triu(shift(new, rows)).bool()


CACHE_MISTAKES = (
    Mistake(
        "cache-not-returned",
        "the cache is not returned",
        "The next call gets the cache from somewhere. Who hands it over, if not this call?",
    ),
    Mistake(
        "not-a-pair",
        "it does not return two things, the result and the cache",
        "How does `result, cache = module(x)` read what you return? What can hold several tensors as one thing?",
    ),
    Mistake(
        "results-swapped",
        "the cache is returned first, the result second",
        "In which order does the exercise name the two things that come back?",
    ),
    Mistake(
        "result-for-all-tokens",
        "the result has a row for every token so far, not only for the new ones",
        "Who asks in this call? The earlier tokens got their results in earlier calls.",
    ),
    Mistake(
        "one-token-only",
        "with a cache, only one new token gets a result",
        "A chunk after the first may hold several tokens too. Which line takes one of them?",
    ),
    Mistake(
        "expects-whole-text",
        "with a cache, x is taken for the whole text, cached tokens included",
        "What is in x at the second call: all tokens so far, or those that come after the cached ones?",
    ),
    Mistake(
        "joined-along-wrong-axis",
        "old and new rows are joined along the wrong axis",
        "Print the shapes of the cached keys and of the new ones. Along which axis do they differ, and which axis "
        "counts the tokens?",
    ),
    Mistake(
        "rows-do-not-fit",
        "the new tokens alone meet all tokens so far",
        "The queries are those of the new tokens. How many keys and values are there, and columns of the mask?",
    ),
    Mistake(
        "state-on-module",
        "the module itself remembers the text",
        "One module reads many texts. Which attribute of self still holds the last one, and where should it be?",
    ),
    Mistake(
        "shared-cache",
        "all modules, or all texts, share one cache",
        "How often does Python make the value of a default argument, or of a name in the class body: at each call, "
        "or once?",
    ),
    Mistake(
        "later-chunks-unmasked",
        "a chunk after the first has no causal mask",
        "Of three tokens that come together after five cached ones, which may the first of the three see?",
        ({"hidden": none},),
    ),
    Mistake(
        "mask-starts-at-zero",
        "the mask of a later chunk begins at the first token of the text",
        "After five cached tokens, the first new one is token 5. Which row of the triangle is its own, and how many "
        "keys does that row let it see?",
        (
            {"hidden": shifted(lambda new, rows: 1)},
            {"hidden": shifted(lambda new, rows: 1 if new > 1 else rows)},
        ),
    ),
    Mistake(
        "mask-shifted",
        "the mask of a later chunk is shifted",
        "After five cached tokens, how many keys may the first new token see, itself included? And the second?",
        (
            {"hidden": shifted(lambda new, rows: rows - new)},
            {"hidden": shifted(lambda new, rows: rows - new + 2)},
            {"hidden": shifted(lambda new, rows: 1 + new)},
            {"hidden": shifted(lambda new, rows: new)},
        ),
    ),
    Mistake(
        "cache-never-filled",
        "the cache stays empty: a chunk sees nothing before it",
        "Follow the first chunk: what has its cache become when the second arrives?",
        ({"keep": lambda old, new: (new, None)},),
    ),
    Mistake(
        "cache-replaced",
        "only the newest chunk is cached, what was cached before is lost",
        "After three calls, how many tokens should the cache hold? Which tensors do you return as the cache: the new "
        "rows, or all?",
        ({"keep": newest_replace},),
    ),
    Mistake(
        "cache-not-extended",
        "the cache stays as it was after the first chunk",
        "After three calls, how many tokens should the cache hold? Which one do you return: the one that came in, or "
        "the longer one?",
        ({"keep": first_stays},),
    ),
    Mistake(
        "extended-too-late",
        "the new tokens attend to the cached ones only, not to themselves",
        "A token sees itself as well. Is the cache extended before the scores are computed, or after?",
        (
            {"keep": too_late, "hidden": none},
            {"keep": too_late},
        ),
    ),
    Mistake(
        "keys-and-values-swapped",
        "cached keys and values have changed places",
        "In which order do you put the two into the cache, and in which order do you take them out?",
        ({"keep": swapped_each_time}, {"keep": swapped_once}),
    ),
    Mistake(
        "one-cached-twice",
        "keys are cached in the place of the values, or values in the place of the keys",
        "Read the line that makes the cache once more: what are its two tensors?",
        ({"keep": one_twice(0)}, {"keep": one_twice(1)}),
    ),
    Mistake(
        "new-rows-in-front",
        "new rows are put in front of the cached ones",
        "torch.cat keeps the order in which it gets its tensors. Which row is that of token 0, and does the mask know?",
        (
            {"keep": in_front(True, True)},
            {"keep": in_front(True, False)},
            {"keep": in_front(False, True)},
        ),
    ),
    Mistake(
        "one-row-per-chunk",
        "of each chunk, a single row is cached",
        "A chunk of five tokens adds how many rows to the cache?",
        ({"keep": one_row(slice(-1, None))}, {"keep": one_row(slice(0, 1))}),
    ),
    Mistake(
        "cached-twice",
        "some tokens are cached twice",
        "After a first chunk of five tokens, how many rows has the cache? Which lines add to it?",
        ({"keep": first_twice}, {"keep": each_twice}),
    ),
    Mistake(
        "projected-twice",
        "what is cached goes through the projections a second time",
        "Are cached rows keys and values already, or still inputs? Which of the two does your layer expect?",
        ({"again": True},),
    ),
    Mistake(
        "cache-cut-off",
        "the cache forgets the oldest tokens",
        "How long may a text be before your cache loses its beginning? Which line throws rows away?",
    ),
)

NOT_LATER = {"no-mask", "strict-mask", "additive-zero-one-mask", "tiny-mask", "weak-mask", "scale-fixed"}
"""Mistakes of the mask that CACHE_MISTAKES tell more exactly, and such as nobody makes in a later chunk alone."""

LATER_MISTAKES = tuple(
    replace(
        mistake,
        title=f"once there is a cache, {mistake.title}",
        variants=tuple({"later": choices} for choices in mistake.variants if "split" not in choices),
    )
    for mistake in MODULE_MISTAKES
    if mistake.variants and mistake.slug not in NOT_LATER
)
"""What goes wrong in attention, in a branch of its own for later chunks."""
