"""The pictures of lesson 11: what a loss is, how far a step goes, and how a model learns.

Losses are in nats per token, as `cross_entropy` gives them; bits per byte are those of a held-out text.
"""

import csv
import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, as_html, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES = Path(__file__).parent / "curves"
"""The stored trainings, one file each: the `losses.csv` that the command of the same name has written."""
TRAIN = "python -m gpt2_ref train --corpus runs/corpus --layers 4 --embed 128 --heads 4 --context 256 --batch 8"
COMMANDS = {
    "full": f"{TRAIN} --steps 1500 --out runs/full",
    "window": f"{TRAIN} --steps 1500 --out runs/window --window 32",
    "grouped": f"{TRAIN} --steps 1500 --out runs/grouped --groups 1",
    "rotary": f"{TRAIN} --steps 1500 --out runs/rotary --rotary",
}
"""What makes each file of `CURVES`: the command leaves it as `losses.csv` in the folder that it is given."""

COLORS = (BLUE, ORANGE, GREEN, RED, GREY)
PALE = "#c9d3dd"
Rate = Callable[[int, int, int, float, float], float]
"""``(step, num_steps, warmup_steps, peak, final)`` -> the learning rate of a step."""


@dataclass(frozen=True)
class Curve:
    """One training: the loss of every step, and bits per byte of the held-out text at some of them.

    held_out: step -> bits per byte
    """

    losses: Sequence[float]
    held_out: Mapping[int, float]


def surprise(chances: Mapping[str, float]) -> "Figure":
    """The curve -log(p), with some probabilities marked. Raises ValueError for one that is not in 0 to 1."""
    for name, chance in chances.items():
        if not 0 < chance <= 1:
            raise ValueError(f"{name} has the probability {chance}; it must be above 0 and at most 1")
    drawing, axes = figure(7, 3)
    shares = [place / 400 for place in range(1, 401)]
    axes.plot(shares, [-math.log(share) for share in shares], color=BLUE, linewidth=2.5)
    facts = []
    for name, chance in chances.items():
        loss = abs(math.log(chance))
        axes.plot(chance, loss, "o", color=ORANGE, markersize=8)
        axes.annotate(f"{name}: {loss:.3f}", (chance, loss), xytext=(8, 6), textcoords="offset points", color=INK)
        facts.append(f"{name}, p = {chance:g}: {loss:.3f}")
    axes.set_xlabel("probability p that was given to the token that came")
    axes.set_xlim(0, 1.12)
    axes.set_ylim(-0.15, 6.2)
    headline(axes, "-log(p)")
    return describe(
        drawing, f"The curve -log(p), which is 0 at p = 1 and grows without end towards 0. {'; '.join(facts)}."
    )


def two_measures(values: Sequence[float], right: Sequence[int], losses: Sequence[float], name: str) -> "Figure":
    """What becomes of the number of right guesses, and of the loss, when one weight is turned.

    values: those that the weight took; right, losses: one number for each. Raises ValueError when lengths differ.
    """
    require_as_many(values, right=right, losses=losses)
    drawing, panels = figure(7, 2.8, columns=2)
    for axes, numbers, title, color in zip(
        panels, (right, losses), ("right guesses", "loss"), (GREY, BLUE), strict=True
    ):
        axes.plot(values, numbers, color=color, linewidth=2.5)
        axes.set_xlabel(name)
        headline(axes, title)
    levels = len(set(right))
    lowest = min(range(len(values)), key=lambda place: losses[place])
    panels[0].set_yticks(sorted(set(right)))
    panels[1].plot(values[lowest], losses[lowest], "o", color=ORANGE, markersize=8)
    steady = sum(one == other for one, other in pairwise(right)) / max(1, len(right) - 1)
    return describe(
        drawing,
        f"{name} from {values[0]:g} to {values[-1]:g}. Right guesses: {levels} different numbers, from {min(right)} to "
        f"{max(right)}, flat in {steady:.0%} of the steps. Loss: lowest at {values[lowest]:.2f}, with "
        f"{losses[lowest]:.3f}; {losses[0]:.3f} at the left end, {losses[-1]:.3f} at the right.",
    )


def one_step(rates: Sequence[float], losses: Sequence[float], before: float) -> "Figure":
    """The loss of a batch after one step down its gradient, by the learning rate, on a logarithmic axis.

    before: the loss at a rate of 0. Raises ValueError when lengths differ.
    """
    require_as_many(rates, losses=losses)
    drawing, axes = figure(7, 3)
    best = min(range(len(rates)), key=lambda place: losses[place])
    axes.axhline(before, color=GREY, linestyle="--", linewidth=1.5)
    axes.annotate(
        "before the step", (rates[0], before), xytext=(0, 5), textcoords="offset points", color=INK, fontsize=9
    )
    axes.plot(rates, losses, color=BLUE, linewidth=2.5, marker="o", markersize=3)
    axes.plot(rates[best], losses[best], "o", color=ORANGE, markersize=9)
    too_far = [rate for rate, loss in zip(rates, losses, strict=True) if loss > before]
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    worse = f"; worse than before from {plain(min(too_far))} on" if too_far else ""
    headline(axes, f"loss after one step: lowest at a rate of {plain(rates[best])}{worse}")
    return describe(
        drawing,
        f"The loss after one step by the learning rate: {before:.3f} before, {losses[0]:.3f} at {plain(rates[0])}, "
        f"lowest with {losses[best]:.3f} at {plain(rates[best])}, {losses[-1]:.3f} at {plain(rates[-1])}{worse}.",
    )


def plain(value: float) -> str:
    """Three significant digits, never with an exponent for large numbers."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def schedule(
    learning_rate: Rate, num_steps: int = 200, warmup_steps: int = 20, peak: float = 0.003, final: float = 0.0003
) -> "Figure":
    """The learner's learning rate at every step, and for a while after the last."""
    steps = range(num_steps + num_steps // 10 + 1)
    rates = [float(learning_rate(step, num_steps, warmup_steps, peak, final)) for step in steps]
    drawing, axes = figure(7, 2.9)
    axes.axvspan(0, warmup_steps, color=ORANGE, alpha=0.18, linewidth=0)
    axes.axvspan(num_steps, steps[-1], color=GREY, alpha=0.18, linewidth=0)
    axes.plot(steps, rates, color=BLUE, linewidth=2.5)
    axes.set_xlim(0, steps[-1])
    axes.set_ylim(0, max(peak, *rates) * 1.08)
    axes.set_xlabel("step")
    highest = next(step for step in steps if rates[step] > 0.999999 * max(rates))  # rounding may raise a later one
    headline(
        axes, f"{rates[0]:.2g} at step 0, {rates[highest]:.2g} at step {highest}, {rates[num_steps]:.2g} at the end"
    )
    middle = (warmup_steps + num_steps) // 2
    return describe(
        drawing,
        f"The learning rate over {num_steps} steps, {warmup_steps} of them warm-up: {rates[0]:.3g} at step 0, highest "
        f"with {rates[highest]:.3g} at step {highest}, {rates[middle]:.3g} at step {middle}, {rates[num_steps]:.3g} at "
        f"step {num_steps} and {rates[-1]:.3g} at step {steps[-1]}.",
    )


def losses(
    curves: Mapping[str, Sequence[float]], floor: tuple[str, float] | None = None, top: float | None = None
) -> "Figure":
    """The losses of several short trainings, and perhaps a line that none can go below.

    floor: its name and height; top: where the picture ends, when one of them leaves it.
    """
    drawing, axes = figure(7, 3.2)
    facts = []
    for (name, values), color in zip(curves.items(), COLORS, strict=False):
        axes.plot(range(1, len(values) + 1), values, color=color, linewidth=2, label=name)
        facts.append(f"{name}: {at_both_ends(values)}")
    if floor is not None:
        axes.axhline(floor[1], color=GREY, linestyle="--", linewidth=1.5, label=floor[0])
        facts.append(f"{floor[0]}: {floor[1]:.3f}")
    if top is not None:
        axes.set_ylim(top=top)
    axes.set_xlabel("step")
    axes.legend(frameon=False)
    headline(axes, "loss")
    return describe(drawing, f"Losses by step. {'; '.join(facts)}.")


def at_both_ends(values: Sequence[float]) -> str:
    highest = max(range(len(values)), key=lambda place: values[place])
    peak = f", highest {values[highest]:.3f} at step {highest + 1}" if highest else ""
    return f"{values[0]:.3f} at first{peak}, {smooth(values)[-1]:.3f} at the end"


def smooth(values: Sequence[float], memory: int = 20) -> list[float]:
    """A running mean, in which a value of `memory` steps ago counts a third (1/e) of the newest."""
    keep, total, weight, means = math.exp(-1 / memory), 0.0, 0.0, []
    for value in values:
        total, weight = keep * total + value, keep * weight + 1
        means.append(total / weight)
    return means


def learning(
    history: Sequence[tuple[float, float]], seconds: float, chance: float, marks: Sequence[float] = ()
) -> "Figure":
    """A training as it goes: the loss of every step over time, and its running mean.

    history: (seconds since the start, loss) of each step; seconds: how long it will take; chance: the loss of an even
    guess; marks: when samples were written.
    """
    drawing, axes = figure(7, 3)
    axes.axhline(chance, color=GREY, linestyle="--", linewidth=1.5)
    axes.annotate(
        "even guess", (seconds, chance), xytext=(0, 4), textcoords="offset points", ha="right", color=INK, fontsize=9
    )
    times, values = [moment for moment, _ in history], [loss for _, loss in history]
    means = smooth(values, memory=30)
    axes.plot(times, values, color=PALE, linewidth=0.8)
    axes.plot(times, means, color=BLUE, linewidth=2.5)
    for moment in marks:
        axes.axvline(moment, color=ORANGE, linewidth=1.2)
    axes.set_xlim(0, seconds)
    axes.set_ylim(0, max([chance, *values]) * 1.08)
    axes.set_xlabel("seconds (orange: a sample is written)" if marks else "seconds")
    last = f"{len(values):,} steps, loss {means[-1]:.2f}" if values else "0 steps"
    headline(axes, last)
    first = (
        f"{values[0]:.3f} at first, {means[-1]:.3f} (running mean) after {times[-1]:.0f} seconds" if values else "none"
    )
    return describe(drawing, f"Loss of a training, {len(values)} steps: {first}; an even guess has {chance:.3f}.")


def bits(numbers: Mapping[str, float], yours: str) -> "Figure":
    """Bits per byte, a bar for each way to know a text, the most at the top; the one called `yours` is orange."""
    ordered = sorted(numbers.items(), key=lambda item: -item[1])
    drawing, axes = figure(7, 0.6 + 0.36 * len(ordered))
    for row, (name, value) in enumerate(ordered):
        axes.barh(row, value, height=0.72, color=ORANGE if name == yours else GREY)
        axes.text(value, row, f" {value:.2f}", va="center", color=INK)
    axes.set_yticks(range(len(ordered)), [name for name, _ in ordered])
    axes.set_ylim(len(ordered) - 0.5, -0.5)
    axes.set_xlim(0, ordered[0][1] * 1.15)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    beaten = sum(value > numbers[yours] for value in numbers.values())
    headline(axes, f"bits per byte: {yours} has {numbers[yours]:.2f} and beats {beaten} of {len(numbers) - 1}")
    facts = "; ".join(f"{name}: {value:.3f}" for name, value in ordered)
    return describe(drawing, f"Bits per byte of the held-out text, from the most to the fewest. {facts}.")


def compared(curves: Mapping[str, Curve], title: str = "") -> "Figure":
    """Several trainings of the same budget: their losses (running means), and bits per byte of the held-out text."""
    drawing, (left, right) = figure(7, 3.3, columns=2)
    facts = []
    for (name, curve), color in zip(curves.items(), COLORS, strict=False):
        means = smooth(curve.losses, memory=max(5, len(curve.losses) // 40))
        left.plot(range(1, len(means) + 1), means, color=color, linewidth=1.8, label=name)
        steps, values = list(curve.held_out), list(curve.held_out.values())
        right.plot(steps, values, color=color, linewidth=1.8, marker="o", markersize=4, label=name)
        facts.append(f"{name}: loss {means[-1]:.3f}, held out {values[-1]:.3f}")
    left.set_ylim(*span([value for line in left.lines for value in line.get_ydata()[len(line.get_ydata()) // 10 :]]))
    left.legend(frameon=False)
    for axes, words in ((left, "loss (running mean)"), (right, "held out: bits per byte")):
        axes.set_xlabel("step")
        headline(axes, words)
    if title:
        drawing.suptitle(title, x=0.01, ha="left", color=INK)
    steps = max(len(curve.losses) for curve in curves.values())
    return describe(drawing, f"{title + ': ' if title else ''}after {steps:,} steps. {'; '.join(facts)}.")


def span(values: Sequence[float]) -> tuple[float, float]:
    """Limits of an axis that leave some room around the values."""
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 0.1
    return low - room, high + room


def read_curve(file: Path) -> Curve:
    """A training's `losses.csv`. Raises ValueError when it holds no steps or other columns."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"step", "loss", "held_out"} <= rows[0].keys():
        raise ValueError(f"{file.name} holds no training: it needs the columns step, loss and held_out, and a row")
    return Curve(
        [float(row["loss"]) for row in rows],
        {int(row["step"]): float(row["held_out"]) for row in rows if row["held_out"]},
    )


def stored_curves() -> dict[str, Curve]:
    """The trainings that `COMMANDS` made, by name."""
    return {name: read_curve(CURVES / f"{name}.csv") for name in COMMANDS}


def live() -> "Callable[[Figure, str], None]":
    """A place in the notebook's output; the returned function puts a picture with a text below it there."""
    from IPython.display import display

    place = display({"text/plain": "..."}, raw=True, display_id=True)

    def update(drawing: "Figure", text: str) -> None:
        if place is not None:  # outside a notebook nothing can be put in the place of something
            below = f'<pre style="margin-top: 6px">{html.escape(text)}</pre>'
            place.update(
                {"text/html": as_html(drawing) + below, "text/plain": f"{drawing.get_label()}\n{text}"}, raw=True
            )

    return update


def require_as_many(values: Sequence[float], **others: Sequence[float]) -> None:
    for name, numbers in others.items():
        if len(numbers) != len(values):
            raise ValueError(f"{name} has {len(numbers)} numbers for {len(values)} places; there must be as many")
