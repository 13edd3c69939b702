"""The pictures of lesson 10: one block around several attentions, and what each choice costs.

A block, the learner's, is called as ``block(x (batch, sequence, embed)) -> same``. What is measured comes in as
numbers; the names of the variants stand in the order in which they are drawn, and the first is what the others are
compared with.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.attention import draw_table, frame, number, require_shape, require_words
from gpt2_ref.figures.canvas import BLUE, GREY, INK, ORANGE, RED, describe, figure, headline
from gpt2_ref.figures.grouped_query import count, in_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STILL = 1e-5
"""Below this a row does not move: float32 rounds a little in a block."""
PUSH = 10.0
"""What is added to half of a token's numbers, to see which rows notice."""
CLOSE = 1e-5
"""Attentions that are the same differ by less: transformers computes its angles in float32."""
SHORTEST, LONGEST = 64, 16_384
"""The texts of `choice`, in tokens."""


def seen_through(blocks: Mapping[str, Callable[[Tensor], Tensor]], x: Tensor, words: Sequence[str]) -> "Figure":
    """Which words move which rows of a block, a panel for each block.

    blocks: title -> the learner's block; x (1, sequence, embed). A square is filled when the row's result moves with
    the word; one above the diagonal, a later word, is framed in red.
    """
    if x.dim() != 3 or len(x) != 1:
        raise ValueError(f"x has shape {tuple(x.shape)}; it must be (1, sequence, embed)")
    require_words(words, x.shape[1:2])
    drawing, _ = figure(7, 2.8, columns=len(blocks))
    facts = []
    for axes, (title, block) in zip(drawing.axes, blocks.items(), strict=True):
        moves = moving(block, x)
        later = int(moves.triu(1).sum())
        draw_table(axes, moves.double(), words, colored=True, numbers=False)
        for row, column in moves.triu(1).nonzero().tolist():
            frame(axes, row=row, first=column, columns=1, color=RED)
        axes.tick_params(axis="x", rotation=90)
        if axes is not drawing.axes[0]:
            axes.set_yticks([])
        found = count(int(moves.sum()), "pair") + (f", {later} of later words" if later else "")
        headline(axes, f"{title}:\n{found}", color=RED if later else INK)
        facts.append(f"{title}: {found}")
    drawing.axes[0].set_ylabel("row that moves")
    drawing.supxlabel("word that is changed", fontsize=10, color=INK)
    return describe(drawing, f"Pairs of a row and a word that moves it. {'; '.join(facts)}.")


def moving(block: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """(sequence, sequence), boolean: whether the row of the result moves with the word (column)."""
    with torch.no_grad():
        before = block(x)
        require_shape("the block", before, x.shape)
        moves = torch.zeros(x.shape[1], x.shape[1], dtype=torch.bool)
        for word in range(x.shape[1]):
            changed = x.clone()
            changed[:, word, ::2] += PUSH  # not all numbers of a token alike: a layer norm would not notice
            moves[:, word] = ~((block(changed) - before)[0].abs().amax(dim=-1) < STILL)
    return moves


def prices(variants: Mapping[str, tuple[int, int, int]], tokens: int) -> "Figure":
    """What each variant takes: name -> (parameters, bytes of the cache for one token, bytes for `tokens` tokens)."""
    panels = {
        "parameters": millions,
        "cache of 1 token": in_bytes,
        f"cache of {tokens:,}": in_bytes,
    }
    drawing = bars(variants, panels)
    facts = "; ".join(
        f"{name}: {parameters:,} parameters, {in_bytes(a_token)} a token, {in_bytes(text)} for the text"
        for name, (parameters, a_token, text) in variants.items()
    )
    return describe(drawing, f"Parameters, and the cache of a text of {tokens:,} tokens. {facts}.")


def times(variants: Mapping[str, tuple[float, float]], tokens: int) -> "Figure":
    """Measured milliseconds: name -> (to read a text of `tokens` tokens, for one more token with a cache)."""
    drawing = bars(variants, {f"ms to read {tokens:,} tokens": shortly, "ms for one more token": shortly})
    facts = "; ".join(
        f"{name}: {shortly(read)} to read, {shortly(write)} for one more" for name, (read, write) in variants.items()
    )
    return describe(drawing, f"Milliseconds for a text of {tokens:,} tokens. {facts}.")


def choice(
    name: str,
    parameters: tuple[int, int],
    caches: tuple[Callable[[int], int], Callable[[int], int]],
    limits: tuple[int | None, int | None],
    knows_order: bool = True,
) -> "Figure":
    """One variant beside GPT-2: parameters, and the cache by the length of the text.

    Each pair is that of GPT-2 and that of the variant. caches: number of tokens -> bytes. limits: the most tokens of
    a text, None where there is no limit. `knows_order` is False when nothing tells the variant where a token stands.
    """
    drawing, (left, right) = figure(7, 3.2, columns=2)
    left.get_gridspec().set_width_ratios([2, 3])
    for row, (size, color) in enumerate(zip(parameters, (GREY, ORANGE), strict=True)):
        left.barh(row, size, height=0.7, color=color)
        left.text(parameters[0] / 40, row, millions(size), va="center", color="white" if color == GREY else INK)
    left.set_xlim(0, max(parameters) * 1.02)
    bare(left, ["GPT-2", "this"])
    lengths = [SHORTEST * 2**power for power in range((LONGEST // SHORTEST).bit_length())]
    ends, facts = [], []
    for cache, limit, color, who in zip(caches, limits, (GREY, ORANGE), ("GPT-2", "this"), strict=True):
        end = min(LONGEST, limit or LONGEST)
        reached = [*(length for length in lengths if length < end), end]
        sizes = [cache(length) for length in reached]
        right.plot(reached, sizes, color=color, linewidth=2.5, marker="o", markersize=4, label=who)
        stops = end < LONGEST
        if stops:
            right.plot(end, sizes[-1], marker="X", markersize=11, color=color)
        ends.append(f"{in_bytes(sizes[-1])} at {end:,}" + (", the last" if stops else ""))
        facts.append(f"{who}: cache of {ends[-1]} tokens")
    right.set_xscale("log", base=2)
    right.set_yscale("log")
    ticks = lengths[::4]
    right.set_xticks(ticks, [f"{length:,}" for length in ticks])
    right.set_xlim(SHORTEST / 1.3, LONGEST * 1.3)
    bottom, top = (fitting(cache(length) for cache in caches) for fitting, length in ((min, SHORTEST), (max, LONGEST)))
    right.set_ylim(bottom / 2, top * 2)
    sizes_shown = [size for size in (1e5, 1e6, 1e7, 1e8, 1e9, 1e10) if bottom / 2 <= size <= top * 2]
    right.set_yticks(sizes_shown, [in_bytes(size) for size in sizes_shown])
    right.minorticks_off()
    right.set_xlabel("tokens in the text")
    right.legend(frameon=False, loc="upper left")
    headline(left, "parameters")
    headline(right, f"cache: {ends[1]} tokens")
    warning = "" if knows_order else ": nothing tells it the order of the tokens"
    drawing.suptitle(name + warning.replace(" ", "\n", 1), x=0.01, ha="left", color=INK if knows_order else RED)
    sizes_in_words = f"{parameters[1]:,} parameters, GPT-2 {parameters[0]:,}"
    return describe(drawing, f"{name}{warning}: {sizes_in_words}. {'; '.join(facts)}.")


def agreement(theirs: Tensor, ours: Mapping[str, Tensor]) -> "Figure":
    """Every number of one attention's result against that of another one: equal ones lie on the diagonal.

    theirs, of any shape; ours: title -> same shape, one panel each. Raises ValueError when a shape differs.
    """
    for title, result in ours.items():
        require_shape(title, result, theirs.shape)
    drawing, _ = figure(7, 2.9, columns=len(ours))
    x = theirs.detach().double().flatten()
    low, high = x.min().item(), x.max().item()
    facts = []
    for axes, (title, result) in zip(drawing.axes, ours.items(), strict=True):
        y = result.detach().double().flatten()
        gap = (y - x).abs().nan_to_num(float("inf")).max().item()
        right = gap < CLOSE
        found = "the same" if right else f"off by {number(gap)}"
        axes.plot([low, high], [low, high], color=GREY, linewidth=1)
        axes.scatter(x.tolist(), y.tolist(), s=9, color=BLUE if right else RED, alpha=0.5, linewidth=0)
        axes.set_xlabel("transformers")
        headline(axes, f"{title}:\n{found}", color=INK if right else RED)
        facts.append(f"{title}: {'below 0.00001' if right else number(gap)}")
    drawing.axes[0].set_ylabel("this course")
    return describe(drawing, f"{theirs.numel()} results; largest difference, {'; '.join(facts)}.")


def bars(variants: Mapping[str, Sequence[float]], panels: Mapping[str, Callable[[float], str]]) -> "Figure":
    """A row for each variant and a panel for each of its numbers; those clearly below the first row's are orange."""
    for name, numbers in variants.items():
        if len(numbers) != len(panels):
            raise ValueError(f"{name}: {len(numbers)} numbers for {len(panels)} panels; they must match")
    drawing, _ = figure(7, 0.7 + 0.32 * len(variants), columns=len(panels))
    first = next(iter(variants.values()))
    for place, (axes, (title, as_text)) in enumerate(zip(drawing.axes, panels.items(), strict=True)):
        column = [numbers[place] for numbers in variants.values()]
        for row, value in enumerate(column):
            less = value < 0.95 * first[place]  # less is noise, where times are measured
            axes.barh(row, value, height=0.72, color=ORANGE if less else GREY)
            axes.text(value, row, f" {as_text(value)}", va="center", fontsize=9, color=INK)
        axes.set_xlim(0, max(column) * 1.55)
        bare(axes, list(variants) if place == 0 else [""] * len(variants))
        headline(axes, title)
    return drawing


def bare(axes: "Axes", names: Sequence[str]) -> None:
    """Named rows from the top, and no frame."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def millions(size: float) -> str:
    return f"{size / 1e6:.1f} million" if size >= 1e6 else f"{size:,.0f}"


def shortly(milliseconds: float) -> str:
    return f"{milliseconds:.0f}" if milliseconds >= 10 else f"{milliseconds:.2f}"
