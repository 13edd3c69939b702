"""Attention with fewer key/value heads as the oracle behind the checks, and the known ways to get the sharing wrong."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from gpt2_ref.checks.attention import MODULE_MISTAKES
from gpt2_ref.checks.attention_oracle import as_large, self_attention, swap_the_last_axes, unchanged, view_as_tokens
from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.roles import Weights

Heads = tuple[Tensor, Tensor, Tensor]
"""Query (batch, heads, sequence, size), key and value (batch, groups, sequence, size)."""


def tied(weights: Weights, num_groups: int) -> Weights:
    """Weights with one key/value head per group, as the oracle wants them: with one for each query head."""
    share = len(weights.query) // num_groups
    key, value = (rows.repeat_interleave(share, dim=0) for rows in (weights.key, weights.value))
    return replace(weights, key=key, value=value)


def grouped_attention(
    x: Tensor,
    weights: Weights,
    num_groups: int,
    *,
    by_group: Callable[[Heads, int], Heads] | None = None,
    merged: Callable[[Tensor, int], Tensor] | None = None,
    of_groups: Callable[[int, int], Mapping[str, object]] = lambda groups, share: {},
    **choices,
) -> Tensor:
    """x (batch, sequence, embed) -> same; of the weights, consecutive query heads have the same keys and values.

    by_group: makes heads that attention can work on out of (query, key, value) with as many key heads as groups;
    merged: acts on the results of the heads; of_groups: choices that depend on the groups and their share.
    """
    share = len(weights.query) // num_groups
    if by_group is not None:

        def split(projected: list[Tensor]) -> Heads:
            query, key, value = (rows.transpose(1, 2) for rows in projected)
            return by_group((query, key[:, ::share], value[:, ::share]), share)

        choices["split"] = split
    if merged is not None:
        choices["merge"] = lambda heads: merged(heads, share).transpose(1, 2)
    return self_attention(x, weights, **{**choices, **of_groups(num_groups, share)})


# Keys and values that meet the wrong queries

Spread = Callable[[Tensor, int], Tensor]
"""(batch, groups, sequence, size) -> (batch, heads, sequence, size)."""


def consecutive(rows: Tensor, share: int) -> Tensor:
    return rows.repeat_interleave(share, dim=1)


def in_turn(rows: Tensor, share: int) -> Tensor:
    return rows.repeat(1, share, 1, 1)


def first_for_all(rows: Tensor, share: int) -> Tensor:
    return rows[:, :1].expand(-1, rows.shape[1] * share, -1, -1)


def last_for_all(rows: Tensor, share: int) -> Tensor:
    return rows[:, -1:].expand(-1, rows.shape[1] * share, -1, -1)


def mean_for_all(rows: Tensor, share: int) -> Tensor:
    return rows.mean(dim=1, keepdim=True).expand(-1, rows.shape[1] * share, -1, -1)


def one_head_further(rows: Tensor, share: int) -> Tensor:
    return consecutive(rows, share).roll(1, dims=1)


def along_tokens(rows: Tensor, share: int) -> Tensor:
    """What repeating along the sequence and cutting into heads makes of them."""
    batch, groups, sequence, size = rows.shape
    return rows.repeat_interleave(share, dim=2).reshape(batch, groups * share, sequence, size)


def token_major(rows: Tensor, share: int) -> Tensor:
    """The same, of (batch, sequence, groups, size)."""
    batch, groups, sequence, size = rows.shape
    return rows.transpose(1, 2).repeat(1, share, 1, 1).reshape(batch, sequence, groups * share, size).transpose(1, 2)


def each_token_repeated(rows: Tensor, share: int) -> Tensor:
    batch, groups, sequence, size = rows.shape
    turned = rows.transpose(1, 2).repeat_interleave(share, dim=1)
    return turned.reshape(batch, groups * share, sequence, size)


def along_numbers(rows: Tensor, share: int) -> Tensor:
    """What repeating each number of a head does, before the heads are cut out."""
    batch, groups, sequence, size = rows.shape
    turned = rows.transpose(1, 2).repeat_interleave(share, dim=-1)
    return turned.reshape(batch, sequence, groups * share, size).transpose(1, 2)


def along_the_batch(rows: Tensor, share: int) -> Tensor:
    batch, groups, sequence, size = rows.shape
    return rows.repeat(share, 1, 1, 1).reshape(batch, groups * share, sequence, size)


def each_text_repeated(rows: Tensor, share: int) -> Tensor:
    batch, groups, sequence, size = rows.shape
    return rows.repeat_interleave(share, dim=0).reshape(batch, groups * share, sequence, size)


def spreading(spread: Spread, values: Spread | None = None) -> dict[str, object]:
    """The choices for key heads spread in this way, and value heads in the same or another one."""

    def by_group(heads: Heads, share: int) -> Heads:
        query, key, value = heads
        return query, spread(key, share), (values or spread)(value, share)

    return {"by_group": by_group}


def queries(change: Callable[[Tensor], Tensor]) -> dict[str, object]:
    """The choices for query heads (batch, groups, share, sequence, size) of which each group makes one."""

    def by_group(heads: Heads, share: int) -> Heads:
        query, key, value = heads
        one = change(query.unflatten(1, (-1, share)))
        return tuple(consecutive(rows, share) for rows in (one, key, value))

    return {"by_group": by_group}


def results(change: Callable[[Tensor], Tensor]) -> dict[str, object]:
    """The same for the results of the heads."""
    return {"merged": lambda heads, share: consecutive(change(heads.unflatten(1, (-1, share))), share)}


def by_view(query_too: bool, merge: Callable | None = None) -> dict[str, object]:
    """View alone cuts the heads out of (batch, sequence, heads * size)."""

    def cut(rows: Tensor) -> Tensor:
        return rows.transpose(1, 2).reshape(rows.shape)

    def by_group(heads: Heads, share: int) -> Heads:
        query, key, value = heads
        return (cut(query) if query_too else query), consecutive(cut(key), share), consecutive(cut(value), share)

    return {"by_group": by_group} | ({"merge": merge} if merge else {})


def over_the_share(groups: int, share: int) -> dict[str, object]:
    return {"normalise": lambda scores: scores.unflatten(1, (groups, share)).softmax(2).flatten(1, 2)}


def scaling(power: Callable[[int, int, int], float]) -> dict[str, object]:
    """Scores scaled by power(groups, share, size)."""
    return {
        "of_groups": lambda groups, share: {"scale": lambda query: power(groups, share, query.shape[-1])},
    }


GROUP_MISTAKES = (
    Mistake(
        "full-size-projections",
        "keys and values are projected at full size, one head for each query head",
        "What is saved by sharing? How wide must the key projection be if there are num_groups key heads?",
    ),
    Mistake(
        "only-one-grouped",
        "of keys and values only one is shared among heads, the other is projected at full size",
        "Which two tensors does a cache hold? How wide should each of them be?",
    ),
    Mistake(
        "queries-grouped",
        "queries are projected to num_groups heads too",
        "Which of query, key and value still has num_heads heads?",
    ),
    Mistake(
        "query-heads-merged",
        "the query heads of a group are made into one",
        "Six heads ask six different questions. How many results should come out of a group of three?",
        (
            queries(lambda query: query.sum(2)),
            queries(lambda query: query.mean(2)),
            queries(lambda query: query[:, :, 0]),
            results(lambda mixed: mixed.mean(2)),
            results(lambda mixed: mixed.sum(2)),
        ),
    ),
    Mistake(
        "one-key-value-head",
        "there is one key/value head, whatever num_groups says",
        "On which line does num_groups change what is computed? What should be different between 2 groups and 3?",
        (spreading(first_for_all), spreading(mean_for_all), spreading(last_for_all)),
    ),
    Mistake(
        "groups-swapped",
        "num_groups is taken for the number of query heads in a group",
        "With 6 heads and num_groups = 2, how many key heads are there, and how many query heads share each?",
    ),
    Mistake(
        "heads-tiled",
        "key/value heads are handed out in turn: A B A B, not A A B B",
        "Write down the key head of each of your query heads: 0, 0, 0, 1, 1, 1, or 0, 1, 0, 1, 0, 1?",
        (
            spreading(in_turn),
            spreading(in_turn, consecutive),
            spreading(consecutive, in_turn),
        ),
    ),
    Mistake(
        "wrong-sharing",
        "query heads share other key/value heads than those of their group",
        "Which key head should query head 0 read, and which the last query head?",
        (
            spreading(one_head_further),
            spreading(consecutive, one_head_further),
            spreading(consecutive, first_for_all),
            spreading(first_for_all, consecutive),
        ),
    ),
    Mistake(
        "heads-not-spread",
        "query heads and key heads do not come in pairs: there are more of one than of the other",
        "Each query head needs a key head to meet. How does one key head get to stand beside several query heads?",
    ),
    Mistake(
        "spread-along-wrong-axis",
        "keys and values are repeated along another axis than that of the heads",
        "Print the shape of the keys before and after the line that repeats them. Which axis grew, and what does it "
        "count?",
        (
            spreading(along_tokens),
            spreading(along_numbers),
            spreading(along_the_batch),
            spreading(token_major),
            spreading(each_token_repeated),
            spreading(each_text_repeated),
        ),
    ),
    Mistake(
        "scale-groups",
        "the scores are scaled by num_groups, or by the heads of a group",
        "How many products does one score add up? Does it matter how many heads share a key?",
        (
            scaling(lambda groups, share, size: (share * size) ** -0.5),
            scaling(lambda groups, share, size: (groups * size) ** -0.5),
            scaling(lambda groups, share, size: share**-0.5),
            scaling(lambda groups, share, size: groups**-0.5),
        ),
    ),
)

MORE_VARIANTS = {
    "softmax-wrong-axis": (
        {"of_groups": over_the_share},
        {"of_groups": over_the_share, "hide": as_large},
    ),
    "heads-by-view": (
        by_view(True),
        by_view(True, view_as_tokens),
        by_view(False),
        by_view(False, view_as_tokens),
    ),
    "merge-without-transpose": ({"merge": view_as_tokens}, {"merge": swap_the_last_axes}, {"merge": unchanged}),
}
"""Mistakes of attention that take other forms where heads are shared; these come first."""

GROUPED_MISTAKES = (
    *GROUP_MISTAKES,
    *(
        replace(mistake, variants=(*MORE_VARIANTS.get(mistake.slug, ()), *mistake.variants))
        for mistake in MODULE_MISTAKES
        if mistake.slug != "single-head"
    ),
)
"""What can go wrong in attention with shared keys and values."""


def shares_of(num_heads: int, num_groups: int) -> tuple[int, ...]:
    """The key head that each query head reads."""
    return tuple(torch.arange(num_groups).repeat_interleave(num_heads // num_groups).tolist())
