"""The pictures of lesson 00: scores turned into probabilities, and the map of the course. The README's picture.

``python -m gpt2_ref.figures.start_here docs/picture.png`` draws the README's opening picture again.
"""

import io
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, HEAT, INK, ORANGE, RED, describe, figure, headline
from gpt2_ref.model.functional import attend, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def softmax_bars(softmax: Callable[[Tensor], Tensor], scores: Tensor, words: Sequence[str]) -> "Figure":
    """The scores of the next words beside what the learner's `softmax` makes of them.

    scores (words,). A result that is no probability distribution is drawn as it is, and red says why.
    Raises ValueError when scores and words do not match or softmax changes the shape, TypeError when it
    returns no tensor.
    """
    if scores.shape != (len(words),):
        raise ValueError(f"scores has shape {tuple(scores.shape)}; with {len(words)} words it must be ({len(words)},)")
    probabilities = softmax(scores)
    if not isinstance(probabilities, Tensor):
        raise TypeError(f"softmax returned {type(probabilities).__name__}; it must return a tensor")
    if probabilities.shape != scores.shape:
        raise ValueError(f"softmax returned shape {tuple(probabilities.shape)}; scores has {tuple(scores.shape)}")

    verdict = distribution_verdict(probabilities)
    drawing, (left, right) = figure(7, 2.7, columns=2)
    draw_bars(left, words, scores, GREY)
    draw_bars(right, words, probabilities, BLUE)
    headline(left, "scores")
    headline(right, f"softmax(scores): {verdict}", color=INK if verdict == "sums to 1" else RED)
    low, high = right.get_ylim()
    right.set_ylim(min(0, low), max(1.12, high))
    return describe(
        drawing, f"Scores: {in_words(words, scores)}. After softmax: {in_words(words, probabilities)}; {verdict}."
    )


def distribution_verdict(probabilities: Tensor) -> str:
    """What is wrong with them as probabilities, or that they sum to 1."""
    if not probabilities.isfinite().all():
        return "not finite"
    if (probabilities < 0).any():
        return "negative"
    total = probabilities.sum().item()
    return "sums to 1" if abs(total - 1) < 1e-3 else f"sums to {total:.3g}, not 1"


def draw_bars(axes: "Axes", words: Sequence[str], values: Tensor, color: str) -> None:
    heights = values.detach().double().nan_to_num(0, 0, 0).tolist()
    axes.bar(words, heights, color=color)
    for place, (value, height) in enumerate(zip(values.tolist(), heights, strict=True)):
        side, gap = ("top", -2) if height < 0 else ("bottom", 1)
        axes.annotate(
            f"{value:.3g}", (place, height), (0, gap), textcoords="offset points", ha="center", va=side, color=INK
        )
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.margins(y=0.15)
    axes.tick_params(length=0, colors=INK)


def in_words(words: Sequence[str], values: Tensor) -> str:
    return ", ".join(f"{word} {value:.3g}" for word, value in zip(words, values.tolist(), strict=True))


@dataclass(frozen=True)
class Stop:
    """A lesson on the map: what it is called, what it gives, where it is drawn, which lessons lead into it."""

    title: str
    gives: str
    column: int
    row: int
    needs: tuple[str, ...] = ()


STOPS = {
    "00_start_here": Stop("start here", "softmax", 0, 1),
    "01_layer_norm": Stop("layer norm", "mean 0, variance 1", 1, 0),
    "02_attention": Stop("attention", "who sees whom", 1, 1, ("00_start_here",)),
    "03_block": Stop("block", "one layer", 2, 0, ("01_layer_norm", "02_attention")),
    "04_gpt2": Stop("GPT-2", "loads a checkpoint", 3, 0, ("03_block",)),
    "05_generate": Stop("generate", "writes text", 4, 0, ("04_gpt2",)),
    "06_kv_cache": Stop("KV cache", "writes it faster", 5, 0, ("05_generate",)),
    "07_sliding_window": Stop("sliding window", "sees the last few", 2, 1, ("02_attention",)),
    "08_grouped_query": Stop("grouped query", "shares keys, values", 2, 2, ("02_attention",)),
    "09_rotary": Stop("rotary", "turns by position", 2, 3, ("02_attention",)),
    "10_modern_gpt2": Stop(
        "modern GPT-2",
        "all of it in one",
        3,
        2,
        ("04_gpt2", "07_sliding_window", "08_grouped_query", "09_rotary"),
    ),
    "11_training": Stop("training", "learns to write", 4, 2, ("10_modern_gpt2",)),
    "12_look_inside": Stop("look inside", "what heads do", 5, 2, ("11_training",)),
}


def progress_map(passed: Mapping[str, Mapping[str, bool]]) -> "Figure":
    """The course as a map: which lesson leads into which, and which of them are done.

    passed: for each lesson that exists, its exercises and whether they are passed, for example
    ``{"00_start_here": {"softmax": True}}``. Lessons that are not in it are drawn as coming.
    Raises ValueError for a lesson that is not on the map.
    """
    if unknown := sorted(set(passed) - set(STOPS)):
        raise ValueError(f"no lesson on the map is called {unknown[0]!r}; it has {', '.join(STOPS)}")
    drawing, axes = figure(9, 3.8)
    draw_map(axes, passed)
    return describe(drawing, map_in_words(passed))


def map_in_words(passed: Mapping[str, Mapping[str, bool]]) -> str:
    """What the map says. Lessons that are only there or coming are left out: new ones would change the text."""
    states = {lesson: state(passed, lesson) for lesson in STOPS}
    text = f"The course as a path of {len(STOPS)} lessons from layer norm to a modern GPT-2."
    for name in ("done", "started", "next"):
        if lessons := [f"{lesson}{count(passed[lesson])}" for lesson in STOPS if states[lesson] == name]:
            text += f" {name.capitalize()}: {', '.join(lessons)}."
    return text


def state(passed: Mapping[str, Mapping[str, bool]], lesson: str) -> str:
    """done, next (the first that is not done), started, open or coming."""
    if lesson not in passed:
        return "coming"
    if all(passed[lesson].values()):
        return "done"
    first = next(name for name in STOPS if name in passed and not all(passed[name].values()))
    return "next" if lesson == first else "started" if any(passed[lesson].values()) else "open"


def count(exercises: Mapping[str, bool]) -> str:
    return f" ({sum(exercises.values())} of {len(exercises)})"


WIDTH, HEIGHT, PALE = 0.84, 0.7, "#c4c9d0"
LOOKS = {  # state -> paper, edge, ink, mark
    "done": ("#d9f2e8", GREEN, INK, "✓"),
    "next": ("#fff1cc", ORANGE, INK, "next"),
    "started": ("white", BLUE, INK, "started"),
    "open": ("white", BLUE, INK, ""),
    "coming": ("#f6f7f9", PALE, "#69707a", "coming"),
}


def draw_map(axes: "Axes", passed: Mapping[str, Mapping[str, bool]]) -> None:
    for stop in STOPS.values():
        for need in stop.needs:
            draw_arrow(axes, STOPS[need], stop, state(passed, need) == "done")
    for lesson in STOPS:
        draw_stop(axes, lesson, state(passed, lesson))
    axes.set(xlim=(-0.46, 5.46), ylim=(3.4, -0.4))
    axes.set_axis_off()


def draw_stop(axes: "Axes", lesson: str, look: str) -> None:
    stop, (paper, edge, ink, mark) = STOPS[lesson], LOOKS[look]
    box = (stop.column - WIDTH / 2, stop.row - HEIGHT / 2, WIDTH, HEIGHT)
    draw_card(axes, box, paper, edge, linestyle=(0, (3, 2)) if look == "coming" else "-")
    left, right = stop.column - WIDTH / 2 + 0.06, stop.column + WIDTH / 2 - 0.06
    font = {"color": ink, "va": "center"}
    axes.text(left, stop.row - 0.21, lesson[:2], fontsize=8, **font)
    axes.text(right, stop.row - 0.21, mark, fontsize=8, ha="right", weight="bold" if look == "done" else None, **font)
    axes.text(left, stop.row + 0.02, stop.title, fontsize=9, weight="bold", **font)
    axes.text(left, stop.row + 0.23, stop.gives, fontsize=7.5, **font)


def draw_card(
    axes: "Axes", box: tuple[float, float, float, float], paper: str, edge: str, linestyle: object = "-"
) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, bottom, width, height = box
    look = {"facecolor": paper, "edgecolor": edge, "linewidth": 1.4, "linestyle": linestyle}
    axes.add_patch(FancyBboxPatch((left, bottom), width, height, boxstyle="round,pad=0,rounding_size=0.08", **look))


def draw_arrow(axes: "Axes", source: Stop, target: Stop, done: bool) -> None:
    """From the right edge of one box to the left edge of the next, or straight down within a column."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Curve

    if source.column == target.column:
        curve = Curve([(source.column, source.row + HEIGHT / 2), (target.column, target.row - HEIGHT / 2)])
    else:
        start, end = source.column + WIDTH / 2, target.column - WIDTH / 2
        # The curve ends in a straight piece, so that the arrow's head points at the box.
        bend, middle = end - 0.06, (start + end) / 2 - 0.03
        points = [
            (start, source.row),
            (middle, source.row),
            (middle, target.row),
            (bend, target.row),
            (end, target.row),
        ]
        curve = Curve(points, [Curve.MOVETO, Curve.CURVE4, Curve.CURVE4, Curve.CURVE4, Curve.LINETO])
    look = {"mutation_scale": 9, "color": GREEN if done else PALE, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.add_patch(FancyArrowPatch(path=curve, arrowstyle="-|>", zorder=2 + done, **look))


# The README's opening picture. What the check says stands here in words, because figures import no checks;
# a test holds it to what the check really says of this answer.

ANSWER = """
class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        variance = x.var(-1, keepdim=True)
        root = torch.sqrt(variance + self.eps)
        normal = (x - mean) / root
        return self.scale * normal + self.shift
"""
MISTAKE = "x.var(-1, keepdim=True)"
REMEDY = "x.var(-1, keepdim=True, correction=0)"
WRONG = """\
✗ GPT2LayerNorm: the variance is unbiased
  input     x of shape (2, 3, 8), drawn from N(0, 1)
  expected  [0, 0, 0] = -1.1332
  yours     [0, 0, 0] = -1.06
  think     By what do you divide the sum of 8 squares: 8 or 7? And what do var() and std() do?
"""
RIGHT = "✓ GPT2LayerNorm"
SENTENCE = "the cat saw the dog and the cat ran"


def sentence_weights(sentence: str) -> Tensor:
    """Causal attention weights (words, words) where each word looks for words like itself: one vector per word."""
    words = sentence.split()
    number = {word: place for place, word in enumerate(dict.fromkeys(words))}
    vectors = torch.randn(len(number), 16, generator=torch.Generator().manual_seed(1))
    vectors = 3.5 * vectors / vectors.norm(dim=-1, keepdim=True)
    query = vectors[[number[word] for word in words]][None, None]
    positions = torch.arange(len(words))
    return attend(query, query, torch.eye(len(words))[None, None], visible(positions, positions))[0, 0]


def opening_picture() -> "Figure":
    """Code, what the check says of it, a picture of attention and the map of the course, for the README."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(10, 6.9), facecolor="white")
    page = drawing.add_axes((0, 0, 1, 1))
    page.set(xlim=(0, 10), ylim=(0, 6.9))
    page.set_axis_off()
    draw_card(page, (0.02, 0.02, 9.96, 6.86), "white", "#d0d7de")
    page.text(0.3, 6.5, "Build GPT-2 yourself, piece by piece", fontsize=17, weight="bold", color=INK, va="center")
    for place, heading in ((0.3, "You write it."), (3.72, "You are told which mistake it is."), (7.6, "You see it.")):
        page.text(place, 6.05, heading, fontsize=11.5, color=INK, va="center")
    draw_code(page, 0.3, 5.8)
    draw_verdicts(page, 3.72, 5.8)
    draw_sentence(drawing.add_axes((0.795, 3.75 / 6.9, 0.175, 2.05 / 6.9), anchor="NW"), SENTENCE)
    page.text(
        0.3, 0.75, f"{len(STOPS)} lessons, from layer norm\nto GPT-2 to its modern form.", fontsize=11.5, color=INK
    )
    draw_map(drawing.add_axes((0.023, 0.035, 0.95, 0.435)), course_so_far())
    return describe(drawing, opening_in_words())


def course_so_far() -> dict[str, dict[str, bool]]:
    """A learner who has done lessons 00 and 01, on a map of the lessons whose pictures exist."""
    there = [lesson for lesson in STOPS if Path(__file__).with_name(f"{lesson[3:]}.py").exists()]
    return {lesson: {"exercises": lesson < "02"} for lesson in there}


def opening_in_words() -> str:
    """The description of the opening picture, which the PNG carries as its Description."""
    there = course_so_far()
    lessons = ", ".join(f"{lesson} {state(there, lesson)}" for lesson in STOPS)
    strongest = sentence_weights(SENTENCE)[-2, :-2].max()
    return (
        f"A layer norm with {MISTAKE}. The check says: {' '.join(WRONG.split())} With {REMEDY} it says: {RIGHT}. "
        f"A heatmap of who sees whom in '{SENTENCE}': the second cat gives {strongest:.2f} to the first. "
        f"A map of the lessons: {lessons}."
    )


def draw_code(page: "Axes", left: float, top: float) -> None:
    lines = textwrap.dedent(ANSWER[ANSWER.index("    def forward") :]).splitlines()
    draw_card(page, (left, top - 2.3, 3.2, 2.3), "#f6f8fa", "#d0d7de")
    for row, line in enumerate([*lines, "", "check(GPT2LayerNorm)"]):
        height = top - 0.25 - 0.25 * row
        if MISTAKE in line:
            draw_card(page, (left + 0.06, height - 0.12, 3.08, 0.24), "#ffebe9", "#ffebe9")
        page.text(left + 0.13, height, line, fontsize=7.8, family="monospace", color=INK, va="center")


def draw_verdicts(page: "Axes", left: float, top: float) -> None:
    title, *facts = WRONG.splitlines()
    lines = [part for fact in facts for part in textwrap.wrap(fact, 52, subsequent_indent=" " * 12)]
    look = {"va": "center", "family": "monospace"}
    draw_card(page, (left, top - 1.58, 3.6, 1.58), "#ffebe9", RED)
    page.text(left + 0.13, top - 0.2, title, fontsize=8.5, weight="bold", color="#82071e", **look)
    for row, line in enumerate(lines):
        page.text(left + 0.13, top - 0.45 - 0.19 * row, line[2:], fontsize=7.5, color="#82071e", **look)
    page.text(left + 0.13, top - 1.76, REMEDY, fontsize=7.8, color=INK, **look)
    draw_card(page, (left, top - 2.3, 3.6, 0.36), "#dafbe1", GREEN)
    page.text(left + 0.13, top - 2.12, RIGHT, fontsize=8.5, weight="bold", color="#0f5323", **look)


def draw_sentence(axes: "Axes", sentence: str) -> None:
    words, weights = sentence.split(), sentence_weights(sentence)
    future = torch.ones_like(weights).triu(1).bool()
    axes.imshow(weights.masked_fill(future, float("nan")).numpy(), cmap=HEAT, vmin=0, vmax=1)
    axes.set_xticks(range(len(words)), words, rotation=60, fontsize=8, color=INK)
    axes.set_yticks(range(len(words)), words, fontsize=8, color=INK)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)


def main(arguments: Sequence[str]) -> int:
    """Write the opening picture to the one path given."""
    if len(arguments) != 1:
        print("usage: python -m gpt2_ref.figures.start_here OUTPUT.png", file=sys.stderr)
        return 2
    from PIL import Image, PngImagePlugin

    picture, pixels, words = opening_picture(), io.BytesIO(), PngImagePlugin.PngInfo()
    picture.savefig(pixels, format="png", dpi=140)
    words.add_itxt("Description", picture.get_label())
    Image.open(pixels).convert("RGB").save(arguments[0], format="png", pnginfo=words, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
