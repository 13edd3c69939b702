"""The pictures of lesson 03: what bends, what reaches deep layers, and what comes back from them.

Words in titles and descriptions are chosen from what was measured, so that a wrong block shows as wrong.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = (BLUE, ORANGE, GREEN, RED)


def bends(functions: Mapping[str, Callable[[Tensor], Tensor]], exact: Callable[[Tensor], Tensor]) -> "Figure":
    """Activation functions side by side, and how far the last of them is from the exact one.

    functions: name -> function of a tensor, number by number. Raises ValueError for none or more than four.
    """
    require_lines({name: [0.0, 0.0] for name in functions})
    x = torch.linspace(-4, 4, 8001, dtype=torch.float64)
    curves = {name: function(x) for name, function in functions.items()}

    drawing, (left, right) = figure(7, 3, columns=2)
    left.axhline(0, color=GREY, linewidth=0.8)
    left.axvline(0, color=GREY, linewidth=0.8)
    for (name, curve), color in zip(curves.items(), COLORS, strict=False):
        left.plot(x.tolist(), curve.tolist(), color=color, linewidth=2, label=name)
        left.plot([-1], [curve[3000].item()], "o", color=color)
    left.set_ylim(-0.6, 3)
    left.set_xlim(-3, 3)
    left.set_xlabel("x")
    left.legend(loc="upper left", frameon=False)
    at = ", ".join(f"{name} {decimal(curve[3000].item(), 3)}" for name, curve in curves.items())
    headline(left, f"At -1: {at}")

    name, curve = list(curves.items())[-1]
    error = curve - exact(x)
    largest = error.abs().max().item()
    right.plot(x.tolist(), (error * 1e4).tolist(), color=INK, linewidth=1.5)
    right.axhline(0, color=GREY, linewidth=0.8)
    right.set_xlabel("x")
    right.set_ylabel("difference, in 1/10,000")
    headline(right, f"{name} - exact: at most {largest:.1e}")
    return describe(drawing, f"At -1: {at}. Largest difference between {name} and exact: {largest:.1e}.")


def verdicts(
    models: Mapping[str, Callable[[Tensor], Tensor]], cases: Tensor, words: Sequence[str], wanted: Tensor
) -> "Figure":
    """What each model answers to every pair of facts, as a coloured plane with the cases on it.

    models: name -> module, (batch, 1, 2) -> same; the first number of its result is the answer.
    cases (cases, 2); words: a name for each case; wanted (cases,), each -1 or 1. An answer counts as right
    when it is less than 0.5 away. Raises ValueError when the sizes do not match, TypeError when a model
    returns no tensor.
    """
    if cases.shape != (len(words), 2) or wanted.shape != (len(words),):
        raise ValueError(
            f"cases has shape {tuple(cases.shape)} and wanted {tuple(wanted.shape)}; "
            f"with {len(words)} words: ({len(words)}, 2) and ({len(words)},)"
        )
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("verdict", ["#e9a13b", "#ffffff", "#4a97c9"])
    side = torch.linspace(-1.6, 1.6, 65, dtype=cases.dtype)
    plane = torch.cartesian_prod(side, side)
    drawing, all_axes = figure(7, 3.3, columns=len(models))
    facts = []
    for axes, (name, model) in zip(drawing.axes, models.items(), strict=True):
        heights = answers(name, model, plane).view(65, 65).T
        image = axes.pcolormesh(side.tolist(), side.tolist(), heights.tolist(), cmap=shades, vmin=-1.5, vmax=1.5)
        if heights.min() < -0.05 and heights.max() > 0.05:
            axes.contour(side.tolist(), side.tolist(), heights.tolist(), levels=[0], colors=INK, linewidths=1)
        found = answers(name, model, cases)
        right = int(((found - wanted).abs() < 0.5).sum())
        for (first, second), word, answer, want in zip(
            cases.tolist(), words, found.tolist(), wanted.tolist(), strict=True
        ):
            axes.plot([first], [second], "o", color=INK, markersize=5)
            axes.annotate(
                f"{word}\n{decimal(answer)}",
                (first, second),
                xytext=(0, 6 if second < 0 else -6),
                textcoords="offset points",
                ha="center",
                va="bottom" if second < 0 else "top",
                fontsize=9,
                color=INK if abs(answer - want) < 0.5 else RED,
            )
        axes.set_aspect("equal")
        axes.set_xticks([-1, 1], ["no", "yes"])
        axes.set_yticks([-1, 1], ["bad", "good"])
        axes.tick_params(length=0)
        axes.set_xlabel("is there a “not”?")
        headline(axes, f"{name}: {right} of {len(words)} right", color=INK if right == len(words) else RED)
        facts.append(
            f"{name}: "
            + ", ".join(f"{word} {decimal(answer)}" for word, answer in zip(words, found.tolist(), strict=True))
            + f"; {right} of {len(words)} right."
        )
    drawing.colorbar(image, ax=all_axes, ticks=[-1, 0, 1], label="verdict", shrink=0.8)
    return describe(drawing, " ".join(facts))


def answers(name: str, model: Callable[[Tensor], Tensor], pairs: Tensor) -> Tensor:
    """The first number of what the model makes of each pair, (pairs, 2) -> (pairs,)."""
    with torch.no_grad():
        result = model(pairs[:, None].clone())
    if not isinstance(result, Tensor):
        raise TypeError(f"{name} returned {type(result).__name__}; it must return a tensor")
    if result.shape != (len(pairs), 1, 2):
        raise ValueError(f"{name} returned shape {tuple(result.shape)}; it must be {(len(pairs), 1, 2)}")
    return result[:, 0, 0]


def alike_by_layer(lines: Mapping[str, Sequence[float]]) -> "Figure":
    """How alike the tokens of a text are after each layer, one line for each way of stacking layers.

    lines: name -> mean cosine of all pairs of tokens, the input's first. Raises ValueError for no lines, a
    line with fewer than two numbers, or more than four lines.
    """
    require_lines(lines)
    drawing, axes = figure(7, 2.9)
    draw_lines(axes, lines, first=0)
    axes.set_ylim(-0.05, 1.1)
    axes.set_xlabel("layers passed")
    axes.set_ylabel("how alike the tokens are")
    label_ends(axes, lines, decimal)
    layers = len(next(iter(lines.values()))) - 1
    ends = ", ".join(f"{name} {decimal(values[-1])}" for name, values in lines.items())
    headline(axes, f"How alike the tokens are after {layers} layers: {ends}")
    return describe(
        drawing,
        f"How alike the tokens are, 1 for all the same, after {layers} layers: "
        + ", ".join(f"{name} {decimal(values[0])} to {decimal(values[-1])}" for name, values in lines.items())
        + ".",
    )


def stream(spreads: Mapping[str, Sequence[float]], alike: Mapping[str, Sequence[float]]) -> "Figure":
    """What is in the residual stream after each block: its spread, and how alike its tokens are.

    spreads, alike: name of the stack -> a number for the input and one after each block. Raises ValueError
    for no stacks, other names or lengths in `alike`, or more than four stacks.
    """
    require_lines(spreads)
    require_lines(alike)
    if {name: len(values) for name, values in spreads.items()} != {name: len(values) for name, values in alike.items()}:
        raise ValueError(f"spreads has the stacks {list(spreads)} and alike {list(alike)}; they must match in length")
    drawing, (left, right) = figure(7, 3.1, columns=2)
    depth = len(next(iter(spreads.values()))) - 1
    draw_lines(left, spreads, first=0)
    left.set_yscale("log")
    # At least one power of ten, so that a stack that stays the same looks the same.
    low, high = left.get_ylim()
    left.set_ylim(min(low, 0.7), max(high, 15))
    label_ends(left, spreads, number)
    left.set_xlabel("blocks passed")
    headline(left, f"Spread of the stream, {depth} blocks")
    draw_lines(right, alike, first=0)
    right.set_ylim(-0.05, 1.1)
    label_ends(right, alike, decimal)
    right.set_xlabel("blocks passed")
    headline(right, "How alike its tokens are")
    return describe(
        drawing,
        f"After {depth} blocks: "
        + "; ".join(f"{name}: spread {number(spreads[name][-1])}, alike {decimal(alike[name][-1])}" for name in spreads)
        + ".",
    )


def gradients(stacks: Mapping[str, Sequence[float]]) -> "Figure":
    """The size of the gradient that arrives at the weights of each block, one line for each stack.

    stacks: name -> one number for each block, the first block's first. Raises ValueError as `alike_by_layer`.
    """
    require_lines(stacks)
    drawing, axes = figure(7, 3)
    draw_lines(axes, stacks, first=1)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.1), max(high, 100))
    label_ends(axes, stacks, number)
    axes.set_xlabel("block; the loss is behind the last one")
    axes.set_ylabel("size of the gradient")
    ratios = {name: ratio(values) for name, values in stacks.items()}
    headline(axes, "The first block's gradient, in units of the last one's:\n" + listed(ratios))
    return describe(
        drawing,
        "Gradient of the first and the last block: "
        + "; ".join(f"{name}: {number(values[0])} and {number(values[-1])}" for name, values in stacks.items())
        + f". The first in units of the last: {listed(ratios)}.",
    )


def losses(runs: Mapping[str, Sequence[float]], floor: float, floor_name: str) -> "Figure":
    """The loss after each step of training, one line for each run, and a floor that some do not get below.

    runs: name -> the loss before each step and at the end. Raises ValueError as `alike_by_layer`.
    """
    require_lines(runs)
    drawing, axes = figure(7, 3)
    draw_lines(axes, runs, first=0)
    axes.axhline(floor, color=GREY, linewidth=1, linestyle="--", zorder=1)
    axes.annotate(
        f"{floor_name}: {decimal(floor)}",
        (len(next(iter(runs.values()))) - 1, floor),
        xytext=(0, -12),
        textcoords="offset points",
        ha="right",
        color=INK,
        fontsize=9,
    )
    axes.set_ylim(0, max(floor * 1.3, *(value for values in runs.values() for value in values if math.isfinite(value))))
    label_ends(axes, runs, decimal)
    axes.set_xlabel("steps of training")
    axes.set_ylabel("loss")
    steps = len(next(iter(runs.values()))) - 1
    ends = {name: decimal(values[-1]) for name, values in runs.items()}
    headline(axes, f"Loss after {steps} steps: {listed(ends)}")
    return describe(
        drawing,
        f"Loss after {steps} steps: {listed(ends)}. {floor_name}: {decimal(floor)}.",
    )


def draw_lines(axes: "Axes", lines: Mapping[str, Sequence[float]], first: int) -> None:
    """One line for each entry, thinner ones on top, so that lines on one another can be told apart."""
    from matplotlib.ticker import MaxNLocator

    for place, (values, color) in enumerate(zip(lines.values(), COLORS, strict=False)):
        drawn = [value if math.isfinite(value) else math.nan for value in values]
        axes.plot(range(first, first + len(values)), drawn, color=color, linewidth=4 - place, solid_capstyle="butt")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def label_ends(axes: "Axes", lines: Mapping[str, Sequence[float]], form: Callable[[float], str]) -> None:
    """The name and the last value of each line at the right edge, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    log = axes.get_yscale() == "log"
    scale = math.log if log else float
    heights = []
    for values in lines.values():
        inside = math.isfinite(values[-1]) and (values[-1] > 0 or not log)
        heights.append((scale(values[-1]) - scale(low)) / (scale(high) - scale(low)) if inside else 1.0)
    for (name, values), height, color in zip(lines.items(), spaced(heights), COLORS, strict=False):
        axes.annotate(
            f"{name}\n{form(values[-1])}",
            (1.02, height),
            xycoords="axes fraction",
            va="center",
            fontsize=9,
            color=color,
            weight="bold",
            linespacing=1.0,
        )


def spaced(heights: Sequence[float], gap: float = 0.18) -> list[float]:
    """Heights from 0 to 1, pushed apart evenly until none is nearer to its neighbour than `gap`."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    sorted_heights = [min(max(heights[place], 0.02), 1.0) for place in order]
    for _ in range(50):
        for lower in range(len(order) - 1):
            overlap = gap - (sorted_heights[lower + 1] - sorted_heights[lower])
            if overlap > 0:
                sorted_heights[lower] = max(sorted_heights[lower] - overlap / 2, 0.02)
                sorted_heights[lower + 1] = min(sorted_heights[lower + 1] + overlap / 2, 1.0)
    places = dict(zip(order, sorted_heights, strict=True))
    return [places[place] for place in range(len(heights))]


def require_lines(lines: Mapping[str, Sequence[float]]) -> None:
    if not 1 <= len(lines) <= len(COLORS) or not all(len(values) > 1 for values in lines.values()):
        raise ValueError(f"give 1 to {len(COLORS)} lines, each with at least 2 numbers")


def ratio(values: Sequence[float]) -> str:
    return number(values[0] / values[-1]) if values[-1] else "nothing arrives at the last"


def listed(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {fact}" for name, fact in facts.items())


def number(value: float) -> str:
    """Three significant digits, with an exponent only from a million up and below a thousandth."""
    if value and math.isfinite(value) and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.2e}"
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 1e3 else f"{value:#.3g}".rstrip(".")


def decimal(value: float, digits: int = 2) -> str:
    """A fixed number of decimals, and never "-0.00"."""
    return f"{round(value, digits) + 0.0:.{digits}f}"
