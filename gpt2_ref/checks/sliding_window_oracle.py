"""Attention in a window as the oracle behind the checks, and the known ways to get the window wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from gpt2_ref.checks.attention import MODULE_MISTAKES
from gpt2_ref.checks.attention_oracle import as_addend, as_heads, as_large, forbid, self_attention, unchanged
from gpt2_ref.checks.attention_oracle import zeros_for_nan as zeros
from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.roles import Weights

Seen = Callable[[Tensor, Tensor, int, int], Tensor]
"""``seen(query, key, window, heads)``: positions (query, 1) and (1, key) -> True where the query may see the key."""


def in_window(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    distance = query - key
    return (distance >= 0) & (distance < window)


def positions(length: int) -> tuple[Tensor, Tensor]:
    """The positions of the queries as a column, those of the keys as a row."""
    return torch.arange(length)[:, None], torch.arange(length)[None]


def windowed(
    x: Tensor,
    weights: Weights,
    window: int,
    *,
    seen: Seen = in_window,
    hide: Callable = forbid,
    after: Callable = unchanged,
    split: Callable = as_heads,
    padding: int | None = None,
    before: Callable[[Tensor, int], Tensor] = unchanged,
    result: Callable[[Tensor, int], Tensor] = unchanged,
    of_window: Callable[[int], Mapping[str, object]] = lambda window: {},
    **choices,
) -> Tensor:
    """x (batch, sequence, embed) -> same.

    padding: window + padding rows of zeros stand before the text and can be seen; `before` acts on x, `result` on
    the result; of_window: choices that depend on the window.
    """
    heads = len(weights.query)

    def hidden(scores: Tensor) -> Tensor:
        query, key = scores.shape[-2:]
        ahead = key - query
        return ~seen(torch.arange(query)[:, None], torch.arange(-ahead, query)[None], window, heads)

    def split_and_pad(projected: list[Tensor]) -> list[Tensor]:
        query, *rows = split(projected)
        if padding is not None:
            rows = [F.pad(part, (0, 0, window + padding, 0)) for part in rows]
        return [query, *rows]

    came = self_attention(
        before(x, window),
        weights,
        split=split_and_pad,
        hide=lambda scores, _: hide(scores, hidden(scores)),
        after=lambda mixing, _: after(mixing, hidden(mixing)),
        **{**choices, **of_window(window)},
    )
    return result(came, window)


# Windows that hide the wrong pairs


def between(nearest: Callable[[int], int], farthest: Callable[[int], int]) -> Seen:
    """Keys whose distance is from nearest(window) to farthest(window), both included; negative: to come."""

    def seen(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
        return (query - key >= nearest(window)) & (query - key <= farthest(window))

    return seen


def causal(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return query >= key


def all_of(*rules: Seen) -> Seen:
    def seen(*places) -> Tensor:
        return torch.stack(torch.broadcast_tensors(*(rule(*places) for rule in rules))).all(0)

    return seen


def outside(rule: Seen) -> Seen:
    return lambda *places: ~rule(*places)


def same_block(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return query // window == key // window


def this_block_or_previous(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return (query // window - key // window == 0) | (query // window - key // window == 1)


def this_block_or_neighbours(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return (query // window - key // window).abs() <= 1


def among_the_first(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return (key < window) & (query >= 0)


def among_the_last(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return (key >= len(query) - window) & (query >= 0)


def every(step: Callable[[int], int]) -> Seen:
    return lambda query, key, window, heads=1: (query - key) % step(window) == 0


def round_the_end(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return (query - key) % len(query) < window


def as_slices(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    """What rows[i - window + 1 : i + 1] takes: a negative start counts from the end."""
    taken = torch.zeros(len(query), key.shape[1], dtype=torch.bool)
    for row in range(len(query)):
        taken[row, row - window + 1 : row + 1] = True
    return taken


def or_first(query: Tensor, key: Tensor, window: int, heads: int = 1) -> Tensor:
    return in_window(query, key, window) | (key == 0)


def scaled(scale: Callable[[int, int], int]) -> Seen:
    """The window changed by the number of heads."""
    return lambda query, key, window, heads=1: in_window(query, key, scale(window, heads))


def whatever_window(fixed: int) -> Seen:
    return lambda query, key, window, heads=1: in_window(query, key, fixed)


def showing(*rules: Seen, empty_rows: bool = False) -> tuple[dict[str, object], ...]:
    """The choices for these rules; where a query can be left without keys, its row becomes NaN, 0 or a mean of all."""
    fills: tuple[dict[str, object], ...] = ({},)
    if empty_rows:
        fills = ({}, {"normalise": zeros}, {"hide": as_large}, {"hide": as_addend})
    return tuple({"seen": rule, **fill} for fill in fills for rule in rules)


def zero(window: int) -> int:
    return 0


WINDOW_RULES = (
    Mistake(
        "window-plus-one",
        "the window is one token too wide",
        "With a window of 1 a token sees itself and nothing else. How many does it see in yours?",
        showing(between(zero, lambda window: window)),
    ),
    Mistake(
        "window-minus-one",
        "the window is one token too narrow",
        "With a window of 1 a token sees itself and nothing else. What does it see in yours?",
        showing(between(zero, lambda window: window - 2), empty_rows=True)
        + showing(between(zero, lambda window: max(window - 2, 0))),
    ),
    Mistake(
        "half-the-window",
        "the window reaches back half as far as it should",
        "A window of 4: how many tokens does the last one see in yours, itself included?",
        showing(
            between(zero, lambda window: window // 2),
            between(zero, lambda window: (window - 1) // 2),
            between(zero, lambda window: max(window // 2 - 1, 0)),
        )
        + showing(between(zero, lambda window: window // 2 - 1), empty_rows=True),
    ),
    Mistake(
        "symmetric-window",
        "the window lies on both sides: a token sees tokens that come after it",
        "Your mask looks at how far two tokens are apart. Does it also ask which of them comes first?",
        showing(
            between(lambda window: 1 - window, lambda window: window - 1),
            between(lambda window: -window, lambda window: window),
            between(lambda window: -(window // 2), lambda window: window // 2),
            between(lambda window: -((window - 1) // 2), lambda window: (window - 1) // 2),
            between(lambda window: -(window // 2), lambda window: (window - 1) // 2),
            between(lambda window: -((window - 1) // 2), lambda window: window // 2),
            between(lambda window: -(window // 2), lambda window: max(window // 2 - 1, 0)),
        ),
    ),
    Mistake(
        "window-unused",
        "the window changes nothing: a token sees everything before it",
        "Which line looks at window_size? Which tokens should the last of ten see with a window of 3?",
        showing(causal),
    ),
    Mistake(
        "future-visible",
        "the window ends on the side of the past only: all later tokens are seen",
        "The window has two ends. Which line hides what comes after the query?",
        showing(
            between(lambda window: -(10**6), lambda window: window - 1),
            between(lambda window: -(10**6), lambda window: window),
        ),
    ),
    Mistake(
        "transposed-mask",
        "rows and columns are swapped: a token sees those that come next, not those before it",
        "Is your row the token that looks, or the token that is looked at?",
        showing(
            between(lambda window: 1 - window, zero),
            between(lambda window: -window, zero),
        )
        + showing(between(lambda window: -window, lambda window: -1), empty_rows=True),
    ),
    Mistake(
        "inverted-mask",
        "the mask is inverted: a token sees what lies outside its window, and not what lies inside",
        "Does True in your mask mean 'may look' or 'is hidden'? Which of the two is asked for?",
        showing(
            outside(in_window),
            all_of(causal, outside(in_window)),
            all_of(causal, between(lambda window: window + 1, lambda window: 10**6)),
            empty_rows=True,
        ),
    ),
    Mistake(
        "strict-mask",
        "a token does not see itself",
        "The window includes the token itself. What is left for token 0 to look at?",
        showing(
            between(lambda window: 1, lambda window: window),
            between(lambda window: 1, lambda window: window - 1),
            empty_rows=True,
        ),
    ),
    Mistake(
        "disjoint-blocks",
        "the text is cut into blocks: a token sees its own block, not its own window",
        "With a window of 3, tokens 0, 1, 2 are your first block. Which tokens should token 3 see?",
        showing(all_of(causal, same_block), same_block),
    ),
    Mistake(
        "block-and-previous",
        "a token sees its block and the block before it, which is more than its window",
        "Blocks are a good way to find the keys quickly. Which of those keys lie too far back for this query?",
        showing(all_of(causal, this_block_or_previous), this_block_or_previous, this_block_or_neighbours),
    ),
    Mistake(
        "first-tokens-only",
        "every token looks at the first window_size tokens of the text",
        "The window slides. Where does it begin for token 10?",
        showing(all_of(causal, among_the_first), among_the_first),
    ),
    Mistake(
        "last-tokens-only",
        "every token looks at the last window_size tokens of the text",
        "The window slides. Where does it end for token 2?",
        showing(among_the_last) + showing(all_of(causal, among_the_last), empty_rows=True),
    ),
    Mistake(
        "dilated-window",
        "the window has gaps",
        "With a window of 3, token 10 sees tokens 8, 9 and 10. Which does it see in yours?",
        showing(
            all_of(causal, every(lambda window: window)),
            all_of(between(zero, lambda window: 2 * window - 1), every(lambda window: 2)),
            all_of(in_window, every(lambda window: 2)),
        ),
    ),
    Mistake(
        "wraps-around",
        "the window of the first tokens goes on at the end of the text",
        "What stands before token 0? What does roll, or the remainder %, put there?",
        showing(round_the_end),
    ),
    Mistake(
        "negative-index",
        "for the first tokens the window begins at a negative index, which Python counts from the end",
        "For token 1 and a window of 3, what is i - window_size + 1, and which row is that?",
        showing(as_slices, empty_rows=True),
    ),
    Mistake(
        "first-token-always",
        "every token sees the first one as well, however far back it is",
        "Why is token 0 special in your code? Which tokens does token 10 see with a window of 3?",
        showing(or_first),
    ),
    Mistake(
        "fixed-window",
        "the window has a fixed width, whatever window_size says",
        "On which line does window_size change what is computed?",
        showing(*(whatever_window(fixed) for fixed in (1, 2, 3, 4, 5, 8, 10, 16))),
    ),
)
"""What can go wrong in a mask, alone or inside attention."""


# What can go wrong around the mask


def evenly(scores: Tensor) -> Tensor:
    seen = scores.isfinite().to(scores)
    return seen / seen.sum(dim=-1, keepdim=True)


def mean_of_window(x: Tensor, window: int) -> Tensor:
    """Each token replaced by the mean of those in its window."""
    seen = in_window(*positions(x.shape[1]), window).to(x)
    return (seen / seen.sum(dim=-1, keepdim=True)) @ x


def sum_over_window(x: Tensor, window: int) -> Tensor:
    """The same, of a text that begins with zeros."""
    return in_window(*positions(x.shape[1]), window).to(x) @ x / window


def pooling() -> Iterable[dict[str, object]]:
    yield {"normalise": evenly}
    for mean in (mean_of_window, sum_over_window):
        for rule in (causal, in_window):
            yield {"before": mean, "seen": rule}
            yield {"result": mean, "seen": rule}
            yield {"before": mean, "seen": rule, "hide": unchanged}


AROUND_THE_WINDOW = (
    Mistake(
        "pooling-instead",
        "tokens are averaged over the window; attention should weigh them",
        "In your window, which line decides that one token matters more than another?",
        tuple(pooling()),
    ),
    Mistake(
        "padding-visible",
        "the zeros that you put before the text are seen like tokens",
        "A row of zeros has a score of 0 with every query. What does the softmax make of that?",
        tuple({"padding": padding} for padding in (-1, 0)),
    ),
    Mistake(
        "scale-window",
        "the scores are scaled by the window",
        "How many products does one score add up: as many as the window has tokens, or as one head has numbers?",
        tuple(
            {"of_window": lambda window, power=power: {"scale": lambda query: window**power}} for power in (-0.5, -1.0)
        ),
    ),
    Mistake(
        "window-scaled-by-heads",
        "the width of the window depends on the number of heads",
        "The heads stand side by side and see the same tokens. Why does num_heads meet window_size in your code?",
        showing(scaled(lambda window, heads: window * heads), scaled(lambda window, heads: max(1, window // heads))),
    ),
    Mistake(
        "window-as-heads",
        "the number of heads is window_size",
        "Which of the three arguments says how many heads there are, and in which order do they come?",
    ),
    Mistake(
        "weights-depend-on-window",
        "the number of weights depends on window_size",
        "The window says who may see whom. What should it change about the four projections?",
    ),
    Mistake(
        "only-whole-windows",
        "it works only for lengths that window_size divides",
        "A text of 5 tokens and a window of 3: does each token still have a window of its own?",
    ),
    Mistake(
        "shorter-than-window",
        "it fails for texts that are shorter than the window",
        "A text of 2 tokens and a window of 3: which tokens may each of them see?",
    ),
    Mistake(
        "shared-mask",
        "a mask that was made for one window is used for another",
        "Where do you keep your masks, and by what do you find them again: the length alone?",
    ),
    Mistake(
        "sees-too-far",
        "a token sees tokens that lie before its window",
        "With a window of w, token i sees i - w + 1 and what comes after, up to i. How far back does yours see?",
    ),
)

MISTAKES_HERE = {mistake.slug for mistake in WINDOW_RULES}


def hide_the_future(scores: Tensor, hidden: Tensor) -> Tensor:
    return scores.masked_fill(torch.ones_like(hidden).triu(1), float("-inf"))


MORE_VARIANTS = {
    "mask-after-softmax": (
        {"hide": hide_the_future, "after": lambda weights, hidden: weights.masked_fill(hidden, 0.0)},
    ),
}
"""Mistakes of attention that take other forms where there is a window."""

TITLES_HERE = {
    "no-mask": "there is no mask at all: neither the window nor the order of the tokens counts",
    "misses-the-past": "a token does not see all of its window",
}

WINDOW_MISTAKES = (
    *WINDOW_RULES,
    *AROUND_THE_WINDOW,
    *(
        replace(
            mistake,
            title=TITLES_HERE.get(mistake.slug, mistake.title),
            variants=(*mistake.variants, *MORE_VARIANTS.get(mistake.slug, ())),
        )
        for mistake in MODULE_MISTAKES
        if mistake.slug not in MISTAKES_HERE
    ),
)
"""What can go wrong in attention with a window."""
