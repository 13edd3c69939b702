"""The pictures of lesson 09: how the pairs of a head turn with the position, and what that does to the scores.

A rotation, the learner's, is called as ``rotary(x (batch, heads, sequence, head_size), positions (sequence,))``. Which
numbers make a pair, and which way they turn, is the learner's affair: it is read off from what comes out.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.attention import label_line, number, require_shape
from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, STYLE, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Rotation = Callable[[Tensor, Tensor], Tensor]
SAME = 1e-2
"""Below this two scores are the same: float32 keeps 7 digits of an angle, also of one of thousands of radians."""
ON_TIME = 1e-3
"""How far a hand may be from where it should be, within a few dozen positions."""
PALE, LIGHT_BLUE = "#dfe3e7", "#9cc7e0"
COLORS = (BLUE, ORANGE, GREEN, RED)


def turned(rotary: Rotation, vectors: Tensor, positions: Tensor) -> Tensor:
    """vectors (sequence, head_size), positions (sequence,) -> what the rotation makes of them, in float64."""
    x = vectors[None, None].float()
    with torch.no_grad():
        result = rotary(x, positions)
    require_shape("the rotation", result, x.shape)
    return result[0, 0].double()


def pairs_of(rotary: Rotation, head_size: int) -> list[tuple[int, int]]:
    """The places of the two numbers of each pair, the fastest pair first, found with one number at a time.

    A pair turns from its first number to its second. Raises ValueError when the numbers do not turn in pairs.
    """
    after = turned(rotary, torch.eye(head_size), torch.ones(head_size, dtype=torch.long))
    others = after.abs().fill_diagonal_(0)
    for place, row in enumerate(others):
        partners = (row > row.max() / 100).nonzero().flatten().tolist()
        if len(partners) != 1 or not row.isfinite().all():
            others_moved = f"moves the numbers {partners} beside its own" if partners else "does not turn"
            raise ValueError(
                f"number {place} alone, at position 1, {others_moved}; in a rotation of pairs it moves one other"
            )
    partner = others.argmax(dim=-1).tolist()
    found = [(first, second) for first, second in enumerate(partner) if after[first, second] > 0]
    used = sorted(place for pair in found for place in pair)
    if used != list(range(head_size)):
        raise ValueError(f"the pairs found are {found}; each number must be in one of them")
    return sorted(found, key=lambda pair: -math.atan2(after[pair[0], pair[1]], after[pair[0], pair[0]]))


def order_of(rotary: Rotation, head_size: int) -> list[int]:
    """The first numbers of all pairs, then the second: in this order, every layout is that of the halves."""
    return [pair[half] for half in range(2) for pair in pairs_of(rotary, head_size)]


def hands(rotary: Rotation, pairs: Sequence[tuple[int, int]], positions: Tensor) -> Tensor:
    """Where an arrow of length 1 points, that points at the first number of its pair at position 0.

    -> (pairs, positions, 2), the two numbers of the pair.
    """
    found = []
    for first, second in pairs:
        arrow = torch.zeros(len(positions), 2 * len(pairs))
        arrow[:, first] = 1
        found.append(turned(rotary, arrow, positions)[:, [first, second]])
    return torch.stack(found)


def speeds_of(rotary: Rotation, head_size: int) -> Tensor:
    """How far each pair turns from one position to the next, in radians: (pairs,), the fastest first."""
    hand = hands(rotary, pairs_of(rotary, head_size), torch.tensor([1]))[:, 0]
    return torch.atan2(hand[:, 1], hand[:, 0])


def scores_of(rotary: Rotation, query: Tensor, key: Tensor, start: int, distances: Tensor) -> Tensor:
    """query, key (head_size,) -> (distances,), their product with the key at `start` and the query further on."""
    queries = turned(rotary, query.expand(len(distances), -1), start + distances)
    return queries @ turned(rotary, key[None], torch.tensor([start]))[0]


def score_by_place(scores: Mapping[str, Tensor]) -> "Figure":
    """The score of the same two words at the same distance, by the place of the first of them.

    scores: what tells the model the positions -> (places,).
    """
    drawing, axes = figure(7, 2.6)
    facts = []
    for (name, values), color in zip(scores.items(), COLORS, strict=False):
        values = values.detach().double()
        axes.plot(range(len(values)), values.tolist(), color=color, linewidth=2, label=name)
        facts.append(f"{name}: {span(values)}")
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    longest = max(map(len, scores.values()))
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_xlabel("place of the first word")
    axes.set_ylabel("score")
    headline(axes, "; ".join(facts))
    return describe(drawing, f"The score at {longest} places. {'; '.join(facts)}.")


def clocks(rotary: Rotation, head_size: int, base: float, position: int, longest: int = 64) -> "Figure":
    """Each pair as a clock: the learner's hands at a position, with the positions before it as dots.

    Below: the score of a query and a key that are equal, by their distance; its height is the mean of how far the hands
    point to the right. A hand that is not where ``position * base**(-2i / head_size)`` puts it, or not of length 1, is
    red. Raises IndexError when the position is not from 0 to `longest`.
    """
    if not 0 <= position <= longest:
        raise IndexError(f"position is {position}; it must be from 0 to {longest}")
    pairs = pairs_of(rotary, head_size)
    tips = hands(rotary, pairs, torch.arange(position + 1))
    angles = position * base ** (-2 * torch.arange(len(pairs), dtype=torch.float64) / head_size)
    expected = torch.stack([angles.cos(), angles.sin()], dim=-1)
    wrong = ~((tips[:, -1] - expected).abs().amax(dim=-1) < ON_TIME)
    distances = torch.arange(longest + 1)
    ones = torch.ones(head_size)
    scores = scores_of(rotary, ones, ones, 0, distances) / head_size

    drawing, all_axes = figure(7, 4.3, rows=2, columns=len(pairs))
    all_axes = all_axes.reshape(2, -1)  # one pair makes it a column
    all_axes[0, 0].get_gridspec().set_height_ratios([1.1, 1])
    facts = []
    for place, (axes, pair, tip) in enumerate(zip(all_axes[0], pairs, tips, strict=True)):
        degrees = math.degrees(math.atan2(tip[-1, 1], tip[-1, 0])) % 360
        facts.append(f"pair {place} (numbers {pair[0]} and {pair[1]}) at {degree_text(degrees)}")
        if wrong[place]:
            facts[-1] += f", not at {degree_text(math.degrees(angles[place]) % 360)} with length 1"
        draw_clock(axes, tip, bool(wrong[place]))
        headline(axes, f"pair {place}: {degree_text(degrees)}", color=RED if wrong[place] else INK)
        axes.set_xlabel(f"numbers {pair[0]} and {pair[1]}")
    below = joined(drawing, all_axes[1])
    draw_scores(below, distances, scores, position)
    said = f"distance {position}: score {number(scores[position])}"
    headline(below, f"equal query and key, {said}")
    return describe(
        drawing, f"Base {base:,.0f}, position {position}. {'; '.join(facts)}. Equal query and key at {said} of 1."
    )


def score_by_distance(
    rotary: Rotation, query: Tensor, key: Tensor, starts: Sequence[int], longest: int = 48
) -> "Figure":
    """The score of one query and one key by their distance, a curve for each place of the key.

    query, key (head_size,). The curves of a right answer lie on each other; the title counts those that do not.
    """
    distances = torch.arange(longest + 1)
    curves = [scores_of(rotary, query, key, start, distances) for start in starts]
    gaps = [(curve - curves[0]).abs().nan_to_num(float("inf")).max().item() for curve in curves]
    other = sum(gap >= SAME for gap in gaps)
    drawing, axes = figure(7, 3)
    for place, (start, curve, gap) in enumerate(zip(starts, curves, gaps, strict=True)):
        width = 1.6 + 4 * (len(starts) - 1 - place)  # later curves are narrower, so that all can be seen
        color = RED if gap >= SAME else (LIGHT_BLUE, ORANGE, INK)[place % 3]
        axes.plot(distances, curve.tolist(), color=color, linewidth=width, label=f"key at {start:,}")
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    axes.set_xlabel("distance: position of the query minus position of the key")
    axes.set_ylabel("score")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    verdict = (
        f"{other} of {len(starts) - 1} differ from the first"
        if other
        else f"{len(starts)} curves, all the same: the distance decides"
    )
    headline(axes, verdict, color=RED if other else INK)
    facts = ", ".join(f"{number(curves[0][at])} at {at}" for at in (0, 1, 10, longest) if at <= longest)
    places = ", ".join(f"{start:,}" for start in starts)
    return describe(
        drawing,
        f"Keys at {places}: {verdict}. Largest difference {'below ' + str(SAME) if not other else number(max(gaps))}. "
        f"Score by distance: {facts}.",
    )


def fading(rotations: Mapping[str, Rotation], head_size: int, longest: int = 4096) -> "Figure":
    """The score of a query and a key that are equal, by their distance, as a share of that at distance 0."""
    ones = torch.ones(head_size)
    distances = torch.unique(torch.logspace(0, math.log2(longest), 200, base=2, dtype=torch.float64).round().long())
    shown = [at for at in (1, 10, 100, 1000) if at <= longest]
    drawing, axes = figure(7, 3)
    facts = []
    for (name, rotary), color in zip(rotations.items(), COLORS, strict=False):
        curve = scores_of(rotary, ones, ones, 0, distances) / head_size
        axes.plot(distances, curve.tolist(), color=color, linewidth=2)
        label_line(axes, name, longest, curve[-1].item())
        values = scores_of(rotary, ones, ones, 0, torch.tensor(shown)) / head_size
        facts.append(
            f"{name}: " + ", ".join(f"{value:.2f} at {at:,}" for at, value in zip(shown, values.tolist(), strict=True))
        )
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    axes.set_xscale("log")
    axes.set_xlim(1, longest * 6)
    axes.set_xticks(shown, [f"{at:,}" for at in shown])
    axes.minorticks_off()
    axes.set_ylim(-0.45, 1.05)
    axes.set_xlabel("distance")
    axes.set_ylabel("share of the score at 0")
    headline(axes, f"Equal query and key, head_size {head_size}: the score by distance")
    return describe(drawing, f"Equal query and key, share of the score at distance 0. {'; '.join(facts)}.")


def turns(speeds: Tensor, trained: int, longer: int) -> "Figure":
    """How often each pair goes round within the trained positions, and within a longer text.

    speeds (pairs,) in radians for each position. Pairs that do not go round once in training are orange.
    """
    seen, met = (speeds.double() * length / (2 * math.pi) for length in (trained, longer))
    short = seen < 1
    drawing, axes = figure(7, 3.2)
    floor = seen.min().item() / 2
    for place in range(len(speeds)):
        low, high = seen[place].item(), met[place].item()
        axes.bar(place, low - floor, bottom=floor, color=ORANGE if short[place] else LIGHT_BLUE, width=0.75)
        if short[place]:
            axes.plot([place, place], [low, high], color=RED, linewidth=2)
            axes.plot([place], [high], color=RED, marker="_", markersize=7, markeredgewidth=2)
    if short.any():
        first = int(short.nonzero()[0])
        place = (first, met[first].item())
        axes.annotate(f"at {longer:,}", place, xytext=(8, 2), textcoords="offset points", va="bottom", color=RED)
    axes.axhline(1, color=INK, linewidth=1, linestyle="--")
    axes.text(len(speeds) - 0.4, 1.15, "one turn", ha="right", va="bottom", color=INK)
    axes.set_yscale("log")
    axes.set_ylim(floor, 2 * seen.max().item())
    axes.set_xlim(-0.6, len(speeds) - 0.4)
    axes.set_xlabel("pair")
    axes.set_ylabel(f"turns in {trained:,}")
    few = f"{int(short.sum())} of {len(speeds)} pairs make less than one turn in {trained:,} positions"
    headline(axes, few[0].upper() + few[1:])
    new = int((short & (met > seen)).sum())
    return describe(
        drawing,
        f"{few}. The fastest makes {number(seen.max())} turns, the slowest {number(seen.min())}. "
        f"At {longer:,} positions {new} pairs meet angles that were not met in training. The slowest then has made "
        f"{number(met.min())}.",
    )


def span(values: Tensor) -> str:
    """The range of some numbers, or their one value when they are the same."""
    low, high = values.min().item(), values.max().item()
    if high - low < SAME:
        return f"{signed(low)} at every place"
    return f"from {signed(low)} to {signed(high)}"


def signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def degree_text(degrees: float) -> str:
    """Whole degrees, with one more digit below 10; a rounding error below 360 is 0."""
    text = f"{degrees:.1f}" if degrees < 9.95 else f"{round(degrees) % 360}"
    return f"{text.removesuffix('.0')}°"


def draw_clock(axes: "Axes", tip: Tensor, wrong: bool) -> None:
    """A circle, dots where the hand has been, and the hand. tip (positions, 2)."""
    from matplotlib.patches import Circle

    axes.add_patch(Circle((0, 0), 1, facecolor="none", edgecolor=GREY, linewidth=1))
    axes.plot(tip[:-1, 0].tolist(), tip[:-1, 1].tolist(), linestyle="none", marker="o", markersize=4, color=LIGHT_BLUE)
    x, y = tip[-1].tolist()
    color = RED if wrong else BLUE
    axes.annotate(
        "", (x, y), xytext=(0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2, "shrinkB": 0}
    )
    axes.plot([0], [0], marker="o", markersize=3, color=color)
    axes.set_xlim(-1.25, 1.25)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def draw_scores(axes: "Axes", distances: Tensor, scores: Tensor, position: int) -> None:
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    axes.plot(distances, scores.tolist(), color=LIGHT_BLUE, linewidth=2)
    axes.plot([position], [scores[position].item()], marker="o", markersize=8, color=ORANGE)
    axes.set_ylim(-1.1, 1.15)
    axes.set_xlabel("distance")
    axes.set_ylabel("score")


def joined(drawing: "Figure", row: Sequence["Axes"]) -> "Axes":
    """One panel in the place of a row of panels."""
    import matplotlib

    place = row[0].get_gridspec()[1, :]
    for axes in row:
        axes.remove()
    with matplotlib.rc_context(STYLE):
        return drawing.add_subplot(place)
