"""Rotary positions as the oracle behind the check, and the known ways to get them wrong."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import torch
from einops import rearrange
from torch import Tensor

from gpt2_ref.checks.engine import Mistake


@dataclass(frozen=True)
class Layout:
    """Which entries of a head turn together: pair i turns entry first[i] towards entry second[i]."""

    first: Tensor
    second: Tensor

    @classmethod
    def halves(cls, size: int) -> Self:
        """Entry i with entry i + size/2."""
        return cls(*torch.arange(size).chunk(2))

    @classmethod
    def adjacent(cls, size: int) -> Self:
        """Entry 2i with entry 2i + 1."""
        return cls(*torch.arange(size).view(-1, 2).unbind(1))

    def back(self) -> "Layout":
        """The same pairs, turning the other way."""
        return Layout(self.second, self.first)

    def lower_first(self) -> "Layout":
        """The same pairs, each turning from its lower entry to the higher."""
        return Layout(torch.minimum(self.first, self.second), torch.maximum(self.first, self.second))

    def in_order(self, order: Tensor) -> "Layout":
        """The same pairs with other rates."""
        return Layout(self.first[order], self.second[order])

    def entries(self) -> Tensor:
        return torch.cat([self.first, self.second])

    def same_as(self, other: "Layout") -> bool:
        return torch.equal(self.entries(), other.entries())


def right_rates(size: int, base: float, heads: int = 1) -> Tensor:
    """Radians by which each pair turns from one position to the next: (pairs,)."""
    return base ** (-2 * indices(size) / size)


def indices(size: int) -> Tensor:
    return torch.arange(size // 2).double()


def given(positions: Tensor, asked: bool, x: Tensor) -> Tensor:
    """The positions as they are. asked: whether they were given, else they are 0, 1, ..."""
    return positions


def one_rate_for_both(rates: Tensor, layout: Layout, base: float) -> Tensor:
    """The rate of each entry: both entries of a pair have the pair's."""
    spread = torch.empty(2 * len(rates), dtype=rates.dtype)
    spread[layout.first] = spread[layout.second] = rates
    return spread


Two = tuple[Tensor, Tensor]
"""A number for the first and one for the second entry of each pair."""


def turned(first: Tensor, second: Tensor, cosine: Two, sine: Two) -> Two:
    return first * cosine[0] - second * sine[0], second * cosine[1] + first * sine[1]


def in_place(first: Tensor, second: Tensor, layout: Layout) -> Tensor:
    """Each entry goes back to where it came from."""
    result = torch.empty(*first.shape[:-1], 2 * first.shape[-1], dtype=first.dtype)
    result[..., layout.first], result[..., layout.second] = first, second
    return result


def alone(result: Tensor, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """The result is the turned x and nothing else."""
    return result


def rotary(
    x: Tensor,
    positions: Tensor | None,
    layout: Layout,
    base: float,
    *,
    at: Callable[[Tensor, bool, Tensor], Tensor] = given,
    along: int = 2,
    rates: Callable[[int, float, int], Tensor] = right_rates,
    spread: Callable[[Tensor, Layout, float], Tensor] = one_rate_for_both,
    turn: Callable[[Tensor, Tensor, Two, Two], Two] = turned,
    put_back: Callable[[Tensor, Tensor, Layout], Tensor] = in_place,
    after: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor] = alone,
    seen: Callable[[Tensor], Tensor] | None = None,
    merged: Callable[[int], Layout] | None = None,
    fixed_base: float | None = None,
) -> Tensor:
    """x (batch, heads, sequence, size), positions (sequence,) or None -> same as x.

    along   the axis of x along which the positions count
    after   gets the result, x, and cosine and sine of every pair
    seen    another view of x to work on, (batch, ., ., size)
    merged  the layout in which the heads, laid side by side, turn as if they were one
    """
    original, heads = x.shape, x.shape[1]
    x = x if seen is None else seen(x)
    if merged is not None:
        x = rearrange(x, "batch heads sequence size -> batch 1 sequence (heads size)")
        layout = merged(x.shape[-1])
    asked = positions is not None
    where = positions if asked else torch.arange(x.shape[along])
    where = at(where.double(), asked, x)
    if where.dim() == 1:
        where = where.view([-1 if axis == along else 1 for axis in range(3)])
    base = base if fixed_base is None else fixed_base
    entry_rates = spread(rates(x.shape[-1], base, heads), layout, base)
    angles = where[..., None] * entry_rates
    cosine, sine = (
        (table[..., layout.first], table[..., layout.second])
        for table in (angles.cos().to(x.dtype), angles.sin().to(x.dtype))
    )
    first, second = turn(x[..., layout.first], x[..., layout.second], cosine, sine)
    result = after(put_back(first, second, layout), x, cosine[0], sine[0])
    if merged is not None:
        return rearrange(result, "batch 1 sequence (heads size) -> batch heads sequence size", heads=heads)
    return result.reshape(original)


# The known ways to get it wrong


def with_rates(*formulas: Callable[[Tensor, int, float], Tensor]) -> tuple[Mapping, ...]:
    """Variants whose pair i turns by ``formula(i, size, base)``."""
    return tuple(
        {"rates": lambda size, base, heads, formula=formula: formula(indices(size), size, base)} for formula in formulas
    )


def rate_of_each_entry(layout: Layout, base: float, step: int) -> Tensor:
    """The rates base**(-step * a / size) for every entry a."""
    size = 2 * len(layout.first)
    return base ** (-step * torch.arange(size).double() / size)


def scaled_rates(*factors: float) -> tuple[Mapping, ...]:
    return tuple(
        {"rates": lambda size, base, heads, factor=factor: factor * right_rates(size, base)} for factor in factors
    )


def at_positions(*rules: Callable[[Tensor, bool, Tensor], Tensor]) -> tuple[Mapping, ...]:
    return tuple({"at": rule} for rule in rules)


def with_turns(*turns: Callable[[Tensor, Tensor, Tensor, Tensor], Two]) -> tuple[Mapping, ...]:
    """Variants that turn otherwise: ``turn(first, second, cosine, sine)`` of pairs with one rate."""
    return tuple({"turn": lambda a, b, cosine, sine, turn=turn: turn(a, b, cosine[0], sine[0])} for turn in turns)


def afterwards(*changes: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> tuple[Mapping, ...]:
    return tuple({"after": change} for change in changes)


def counted(x: Tensor, axis: int) -> Tensor:
    """0, 1, ... along an axis of x."""
    return torch.arange(x.shape[axis]).double()


def rows_of(x: Tensor) -> Tensor:
    return counted(x, 2)


def first_overwritten(a: Tensor, b: Tensor, cosine: Tensor, sine: Tensor) -> Two:
    new = a * cosine - b * sine
    return new, b * cosine + new * sine


def second_overwritten(a: Tensor, b: Tensor, cosine: Tensor, sine: Tensor) -> Two:
    new = b * cosine + a * sine
    return a * cosine - new * sine, new


def woven(a: Tensor, b: Tensor) -> Tensor:
    """Two tensors as the even and the odd entries of one."""
    return torch.stack([a, b], dim=-1).flatten(-2)


def joined(a: Tensor, b: Tensor) -> Tensor:
    return torch.cat([a, b], dim=-1)


def added(join: Callable, cosine_first: bool = False, root: bool = False) -> Callable:
    """x plus the table of sines and cosines of the Transformer's paper, or of one like it."""

    def change(result: Tensor, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        table = join(cosine, sine) if cosine_first else join(sine, cosine)
        return (x * math.sqrt(x.shape[-1]) if root else x) + table

    return change


def times(join: Callable, cosine_first: bool = False) -> Callable:
    def change(result: Tensor, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        return x * (join(cosine, sine) if cosine_first else join(sine, cosine))

    return change


def viewed_as_rows_first(x: Tensor) -> Tensor:
    """(batch, heads, sequence, size) read as (batch, sequence, heads, size), as a view does without a transpose."""
    batch, heads, sequence, size = x.shape
    return x.reshape(batch, sequence, heads, size)


def back(layout: Callable[[int], Layout]) -> Callable[[int], Layout]:
    return lambda size: layout(size).back()


ROTARY_MISTAKES = (
    Mistake(
        "sinusoids-added",
        "the positions are added to x; rotary positions turn x",
        "How long is a row of x before and after your code? And what is left of x when x is all zeros?",
        afterwards(
            added(woven),
            added(joined),
            added(joined, cosine_first=True),
            added(woven, cosine_first=True),
            added(woven, root=True),
            added(joined, root=True),
        ),
    ),
    Mistake(
        "sinusoids-multiplied",
        "x is multiplied by a table of sines and cosines; nothing turns",
        "To turn a pair, each new number needs both old ones. Which other number does each of yours see?",
        afterwards(times(woven), times(joined), times(joined, True), times(woven, True)),
    ),
    Mistake(
        "exponent-doubled",
        "the exponent is twice as large as it should be",
        "With head_size 8, pair 1 has the exponent -2/8. What are your exponents? Is the 2 counted twice, in i and "
        "in the formula?",
        with_rates(lambda i, size, base: base ** (-4 * i / size)),
    ),
    Mistake(
        "exponent-halved",
        "the exponent is half of what it should be",
        "With head_size 8, pair 1 has the exponent -2/8. What are your exponents?",
        with_rates(lambda i, size, base: base ** (-i / size)),
    ),
    Mistake(
        "exponent-other-size",
        "the exponent is divided by another size than head_size",
        "The exponents run from 0 to almost 1. By which size must 2i be divided for that: head_size, or embed_size?",
        (
            {"rates": lambda size, base, heads: right_rates(heads * size, base)[: size // 2]},
            *with_rates(
                *(
                    lambda i, size, base, other=other: base ** (-2 * i / other)
                    for other in (64, 128, 512, 768, 32, 256, 1024, 4096)
                )
            ),
        ),
    ),
    Mistake(
        "exponent-reaches-one",
        "the exponents run from 0 to 1, the end included",
        "With head_size 8 the exponents are 0, 2/8, 4/8, 6/8. What is your last one?",
        with_rates(
            lambda i, size, base: base ** (-i / max(len(i) - 1, 1)),
            lambda i, size, base: base ** (-2 * i / (size - 1)),
        ),
    ),
    Mistake(
        "pairs-count-from-one",
        "the pairs are counted from 1",
        "What is base**0, and which pair turns by one radian for each position?",
        with_rates(lambda i, size, base: base ** (-2 * (i + 1) / size)),
    ),
    Mistake(
        "rates-inverted",
        "the exponent has the wrong sign: later pairs turn faster",
        "Which pair should turn fastest, the first or the last? Is the power of base divided by, or multiplied?",
        with_rates(lambda i, size, base: base ** (2 * i / size)),
    ),
    Mistake(
        "exponent-brackets",
        "brackets are missing around the exponent",
        "Which comes first in Python: ** or * and /? What does base ** 2 * i / head_size compute?",
        with_rates(
            lambda i, size, base: size / base ** (2 * i),
            lambda i, size, base: base**-2 * i / size,
            lambda i, size, base: base ** (-2 * i) / size,
            lambda i, size, base: base ** (-2 * i),
            lambda i, size, base: base**-i,
        ),
    ),
    Mistake(
        "log-wrong",
        "exp is given another logarithm than the natural one, or none",
        "base**y = exp(y * log(base)). To which base is that logarithm?",
        with_rates(
            lambda i, size, base: torch.exp(-math.log10(base) * 2 * i / size),
            lambda i, size, base: torch.exp(-math.log2(base) * 2 * i / size),
            lambda i, size, base: torch.exp(-2 * i / size),
            lambda i, size, base: torch.exp(-base * 2 * i / size),
            lambda i, size, base: 2.0 ** (-math.log(base) * 2 * i / size),
        ),
    ),
    Mistake(
        "all-same-rate",
        "all pairs turn by the same angle",
        "By how much does each pair turn at position 1? What are your exponents: has a // made them 0?",
        with_rates(
            lambda i, size, base: torch.ones_like(i),
            lambda i, size, base: torch.full_like(i, base ** (-2 / size)),
            lambda i, size, base: torch.full_like(i, 1 / base),
        ),
    ),
    Mistake(
        "rate-per-entry",
        "every entry has an angle of its own; the two of a pair need the same one",
        "How many different angles has one position: head_size, or head_size / 2?",
        (
            {"spread": lambda rates, layout, base: rate_of_each_entry(layout, base, 1)},
            {"spread": lambda rates, layout, base: rate_of_each_entry(layout, base, 2)},
        ),
    ),
    Mistake(
        "base-ignored",
        "the base of the constructor is not the one used",
        "Which base does your code use: the one given to __init__, or a number written into the code?",
        tuple({"fixed_base": base} for base in (1e4, 1e3, 1e5, 5e5, 1e6)),
    ),
    Mistake(
        "layouts-mixed",
        "the angles lie in one layout and the pairs in the other",
        "Write down, for head_size 4, the angle of each entry and the entry that it turns with. Have both entries of "
        "a pair the same angle?",
        (
            {"spread": lambda rates, layout, base: rates.repeat_interleave(2)},
            {"spread": lambda rates, layout, base: rates.repeat(2)},
        ),
    ),
    Mistake(
        "put-back-elsewhere",
        "the turned numbers are put back in another layout than they were taken from",
        "At position 0 nothing turns, so the result is x. Is yours in the same order?",
        (
            {"put_back": lambda first, second, layout: joined(first, second)},
            {"put_back": lambda first, second, layout: woven(first, second)},
            {"put_back": lambda first, second, layout: joined(second, first)},
            {"put_back": lambda first, second, layout: woven(second, first)},
        ),
    ),
    Mistake(
        "cosine-and-sine-swapped",
        "cosine and sine are swapped",
        "What are cos(0) and sin(0), and what should position 0 do to x?",
        with_turns(
            lambda a, b, cosine, sine: (a * sine - b * cosine, b * sine + a * cosine),
            lambda a, b, cosine, sine: (a * sine + b * cosine, b * sine - a * cosine),
            lambda a, b, cosine, sine: (a * sine - b * cosine, a * cosine + b * sine),
        ),
    ),
    Mistake(
        "signs-wrong",
        "the signs do not make a turn",
        "In a turn one of the two sines has a minus, and both cosines a plus. Which signs have yours?",
        with_turns(
            lambda a, b, cosine, sine: (a * cosine + b * sine, b * cosine + a * sine),
            lambda a, b, cosine, sine: (a * cosine - b * sine, b * cosine - a * sine),
            lambda a, b, cosine, sine: (a * cosine + b * sine, a * sine - b * cosine),
            lambda a, b, cosine, sine: (a * cosine - b * sine, a * sine - b * cosine),
        ),
    ),
    Mistake(
        "overwritten-too-early",
        "the second number of a pair is computed from the new first one",
        "When you compute the second number, does the variable still hold the first one as it was?",
        with_turns(first_overwritten, second_overwritten),
    ),
    Mistake(
        "one-of-each-pair",
        "only one number of each pair changes",
        "A turn changes both numbers of a pair. Which two lines compute them, and do both results get into the output?",
        with_turns(
            lambda a, b, cosine, sine: (a * cosine - b * sine, b),
            lambda a, b, cosine, sine: (a, b * cosine + a * sine),
            lambda a, b, cosine, sine: (a * cosine - b * sine, a * cosine - b * sine),
        ),
    ),
    Mistake(
        "partner-missing",
        "the other number of the pair takes no part",
        "Each new number is made of both old ones. Which two numbers does your sine multiply?",
        with_turns(
            lambda a, b, cosine, sine: (a * (cosine - sine), b * (cosine + sine)),
            lambda a, b, cosine, sine: (a * cosine, b * cosine),
            lambda a, b, cosine, sine: (a * (cosine + sine), b * (cosine + sine)),
            lambda a, b, cosine, sine: (a * (cosine + sine), b * (cosine - sine)),
            lambda a, b, cosine, sine: (a * (cosine - sine), b * (cosine - sine)),
            lambda a, b, cosine, sine: (a * sine, b * sine),
        ),
    ),
    Mistake(
        "positions-ignored",
        "the given positions are not used",
        "Which line of forward uses positions when they are given?",
        at_positions(lambda where, asked, x: rows_of(x)),
    ),
    Mistake(
        "positions-from-one",
        "the positions start at 1",
        "Which position has the first row, and what should happen to it?",
        at_positions(
            lambda where, asked, x: where + 1,
            lambda where, asked, x: where if asked else where + 1,
        ),
    ),
    Mistake(
        "positions-made-contiguous",
        "the given positions are counted on from one of them",
        "What does your code make of the positions 0, 3, 4, 9: does it use each of them, or only one of them?",
        at_positions(
            lambda where, asked, x: where[0] + rows_of(x),
            lambda where, asked, x: where.min() + rows_of(x),
            lambda where, asked, x: where.max() + 1 - len(where) + rows_of(x),
            lambda where, asked, x: where[-1] + 1 - len(where) + rows_of(x),
        ),
    ),
    Mistake(
        "positions-restart",
        "the positions are counted from the first of them",
        "By which angle should a single row at position 7 turn, and by which does yours?",
        at_positions(
            lambda where, asked, x: where - where[0],
            lambda where, asked, x: where - where.min(),
        ),
    ),
    Mistake(
        "counts-from-the-end",
        "the positions are counted from the last row",
        "Which row should not turn at all when no positions are given: the first, or the last?",
        at_positions(
            lambda where, asked, x: where[-1] - where,
            lambda where, asked, x: where.max() - where,
            lambda where, asked, x: where.flip(0),
            lambda where, asked, x: where if asked else where.flip(0),
        ),
    ),
    Mistake(
        "one-position-for-all",
        "all rows turn by the same angle",
        "Rows 1 and 2 stand at different positions. Where does your angle get its position from?",
        at_positions(
            lambda where, asked, x: where[:1],
            lambda where, asked, x: where[-1:],
            lambda where, asked, x: torch.ones(1),
            lambda where, asked, x: torch.tensor([len(where)]).double(),
        ),
    ),
    Mistake(
        "nothing-turned",
        "x comes back as it went in",
        "What is the angle at position 1, and which line turns x by it?",
        at_positions(lambda where, asked, x: torch.zeros(1)),
    ),
    Mistake(
        "positions-sorted",
        "the positions are brought into order",
        "Row 0 may stand at position 5 and row 1 at position 2. Which row gets which angle in your code?",
        at_positions(lambda where, asked, x: where.sort().values),
    ),
    Mistake(
        "positions-summed",
        "the angles add up from row to row",
        "By which multiple of its rate does a pair turn at position 3: 3, or 0 + 1 + 2 + 3?",
        at_positions(lambda where, asked, x: where.cumsum(0)),
    ),
    Mistake(
        "positions-scaled",
        "the positions are divided by a length",
        "Should the angle at position 3 change when the text gets longer?",
        at_positions(
            lambda where, asked, x: where / len(where),
            lambda where, asked, x: where / max(len(where) - 1, 1),
            lambda where, asked, x: where / where.max().clamp(min=1),
            lambda where, asked, x: where / x.shape[-1],
        ),
    ),
    Mistake(
        "wrong-axis",
        "the positions count along another axis than the sequence",
        "x is (batch, heads, sequence, head_size). Which axis of x has one entry for each position, and which axis of "
        "your table meets it?",
        (
            {"along": 1},
            {"along": 0},
            *({"along": axis, "at": lambda where, asked, x, axis=axis: counted(x, axis)} for axis in (1, 0)),
            *at_positions(
                lambda where, asked, x: where if asked else counted(x, 1).view(-1, 1),
                lambda where, asked, x: where if asked else counted(x, 0).view(-1, 1, 1),
            ),
        ),
    ),
    Mistake(
        "heads-viewed-as-rows",
        "a view or reshape mixes up heads and rows",
        "Only transpose and permute swap axes. What does view do to the order of the numbers?",
        ({"seen": viewed_as_rows_first, "along": 1},),
    ),
    Mistake(
        "positions-run-on",
        "the positions run on from one head to the next",
        "What is the position of row 0 in head 1?",
        at_positions(
            lambda where, asked, x: torch.arange(x[..., 0].numel()).view(x.shape[:3]).double(),
            lambda where, asked, x: torch.arange(x[0, ..., 0].numel()).view(x.shape[1:3]).double()[None],
            lambda where, asked, x: where if asked else torch.arange(x[..., 0].numel()).view(x.shape[:3]).double(),
        ),
    ),
    Mistake(
        "heads-turned-as-one",
        "the heads are laid side by side and turned as one",
        "Is one head turned in the same way whether it is alone or beside others? How long is the axis that you turn?",
        tuple(
            {"merged": layout}
            for layout in (Layout.halves, Layout.adjacent, back(Layout.halves), back(Layout.adjacent))
        ),
    ),
    Mistake(
        "angle-scaled",
        "all angles are multiplied by the same number",
        "By how many radians does the fastest pair turn from one position to the next?",
        scaled_rates(2.0, 0.5, math.sqrt(2)),
    ),
    Mistake(
        "not-in-radians",
        "the angles are in degrees, or in full turns",
        "torch.cos takes radians. By how many does the fastest pair turn from one position to the next?",
        scaled_rates(math.pi / 180, 180 / math.pi, 2 * math.pi, math.pi),
    ),
    Mistake(
        "result-scaled",
        "the result is too long or too short",
        "A turn keeps the length of every pair. Which factor does yours have?",
        afterwards(
            lambda result, x, cosine, sine: result * math.sqrt(2),
            lambda result, x, cosine, sine: result / math.sqrt(x.shape[-1]),
            lambda result, x, cosine, sine: result * math.sqrt(x.shape[-1]),
            lambda result, x, cosine, sine: result / math.sqrt(2),
            lambda result, x, cosine, sine: result * 2,
            lambda result, x, cosine, sine: result / 2,
        ),
    ),
    Mistake(
        "input-added",
        "the input is added to the turned one",
        "What should come out at position 0: x, or x + x?",
        afterwards(lambda result, x, cosine, sine: x + result),
    ),
)
