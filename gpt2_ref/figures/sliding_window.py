"""The pictures of lesson 07: who sees whom in a window, how far a stack of layers reaches, and what it costs.

A mask, the learner's, is boolean (query, key), True where the query may see the key. A stack is a list of attention
modules, the learner's, called as ``module(x (batch, sequence, embed)) -> same``, each in a residual stream:
``x + module(x)``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.attention import frame, label_line, number, require_shape, require_words
from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, HEAT, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Module = Callable[[Tensor], Tensor]
STILL = 1e-5
"""Below this a row of a stack does not move: float32 rounds a little more in every layer."""
PUSH = 10.0
"""What is added to a token to see who notices: enough to be seen through several layers."""
PALE, FAINT, LIGHT_BLUE, LIGHT_ORANGE = "#eef0f2", "#69707a", "#b7d5e8", "#f5c869"


def mask(seen: Tensor, words: Sequence[str], window_size: int) -> "Figure":
    """The learner's mask as a table: a row for each word that asks. What is not as it must be is framed in red.

    seen (sequence, sequence), boolean.
    """
    require_mask(seen, words)
    drawing, axes = figure(7, 4.2)
    verdict = draw_mask(axes, seen, words, window_size)
    axes.set_xlabel("is seen (key)")
    axes.set_ylabel("asks (query)")
    return describe(drawing, f"{verdict}.")


def receptive_field(layers: Sequence[Module], x: Tensor, words: Sequence[str], window_size: int) -> "Figure":
    """From where the last row is reached, layer by layer, in a stack of the learner's attention.

    x (1, sequence, embed). A row of cells for the text and one for the result of each layer. A cell is filled when
    the last result moves with it, the darker the more; a line joins two cells when one layer carries a change from
    the lower to the upper.
    """
    require_text(x, words)
    drawing, axes = figure(7, 0.75 * (len(layers) + 1) + 0.9)
    verdict, facts = draw_field(axes, layers, x, words, window_size)
    return describe(drawing, f"{verdict}. {facts}")


def window_and_layers(
    seen: Tensor, layers: Sequence[Module], x: Tensor, words: Sequence[str], window_size: int
) -> "Figure":
    """`mask` and `receptive_field` side by side, for one window."""
    require_mask(seen, words)
    require_text(x, words)
    drawing, (left, right) = figure(7, 3.6, columns=2)
    left.get_gridspec().set_width_ratios([4, 5])
    verdict = draw_mask(left, seen, words, window_size)
    reach, facts = draw_field(right, layers, x, words, window_size)
    for axes in (left, right):
        axes.tick_params(axis="x", labelrotation=45)
        axes.title.set_fontsize(10)
    left.set_ylabel("asks (query)")
    return describe(drawing, f"{verdict}. {reach}. {facts}")


def pairs(lengths: Sequence[int], counts: Mapping[str, Sequence[int]]) -> "Figure":
    """How many pairs of a query and a key there are, by the length of the text, a line for each kind of attention."""
    drawing, axes = figure(7, 3.2)
    draw_lines(axes, lengths, counts, (ORANGE, BLUE, GREEN))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(lengths, [f"{length:,}" for length in lengths])
    axes.set_xlim(lengths[0] / 1.4, lengths[-1] * 8)
    axes.minorticks_off()
    axes.set_xlabel("tokens")
    axes.set_ylabel("pairs of query and key")
    headline(axes, f"{number(lengths[-1] / lengths[-2])} times the tokens, pairs: {growth_of(counts)}")
    facts = "; ".join(
        f"{length:,} tokens: " + ", ".join(f"{name} {values[place]:,}" for name, values in counts.items())
        for place, length in enumerate(lengths)
    )
    return describe(drawing, f"Pairs of query and key. {facts}.")


def computed(length: int, window_size: int, chunk: int) -> "Figure":
    """Which scores are computed, and which of them are used: all and then a mask; or chunk by chunk of queries.

    Raises ValueError when a size is below 1.
    """
    if min(length, window_size, chunk) < 1:
        raise ValueError(f"length is {length}, window_size {window_size}, chunk {chunk}; each must be 1 or more")
    distance = torch.arange(length)[:, None] - torch.arange(length)
    used = (distance >= 0) & (distance < window_size)
    in_chunks = torch.zeros_like(used)
    for start in range(0, length, chunk):
        in_chunks[start : start + chunk, max(0, start - window_size + 1) : start + chunk] = True
    panels = {"all, then the mask": torch.ones_like(used), f"chunks of {chunk} queries": in_chunks}
    drawing, all_axes = figure(7, 4.3, columns=2)
    facts = []
    for axes, (name, made) in zip(all_axes, panels.items(), strict=True):
        draw_cells(axes, used, made)
        facts.append(f"{name}: {int(made.sum())} scores, {int(used.sum())} of them used")
        headline(axes, f"{name}: {int(made.sum())} scores")
        axes.set_xlabel("key")
    all_axes[0].set_ylabel("query")
    drawing.legend(
        handles=patches({"used": BLUE, "computed, thrown away": LIGHT_ORANGE, "never computed": PALE}),
        loc="outside lower center",
        ncols=3,
        frameon=False,
    )
    return describe(drawing, f"{length} tokens, window {window_size}. {'; '.join(facts)}.")


def milliseconds(lengths: Sequence[int], times: Mapping[str, Sequence[float]]) -> "Figure":
    """Measured time of an attention by the length of the text, a line for each way to compute it."""
    drawing, axes = figure(7, 3.4)
    draw_lines(axes, lengths, times, (RED, ORANGE, BLUE))
    axes.set_xlim(0, lengths[-1] * 1.45)
    axes.set_ylim(0, max(max(values) for values in times.values()) * 1.1)
    axes.set_xticks(lengths[-3:], [f"{length:,}" for length in lengths[-3:]])
    axes.set_xlabel("tokens")
    axes.set_ylabel("milliseconds")
    headline(axes, f"{number(lengths[-1] / lengths[-2])} times the tokens, time: {growth_of(times)}")
    facts = "; ".join(
        f"{length:,} tokens: " + ", ".join(f"{name} {values[place]:.2f}" for name, values in times.items())
        for place, length in enumerate(lengths)
    )
    return describe(drawing, f"Milliseconds. {facts}.")


def through(layers: Sequence[Module], x: Tensor) -> Tensor:
    """A text through a stack, each layer in the residual stream."""
    with torch.no_grad():
        for layer in layers:
            added = layer(x)
            require_shape("the attention", added, x.shape)
            x = x + added
    return x


def moves(layers: Sequence[Module], x: Tensor) -> Tensor:
    """How far each row of the result moves when one row of x is pushed: (result, pushed), 0 where it stays."""
    length = x.shape[1]
    pushed = x.repeat(length, 1, 1)
    pushed[range(length), range(length)] += PUSH
    moved = (through(layers, pushed) - through(layers, x)).abs().amax(dim=-1).T.double()
    return moved.masked_fill(moved < STILL, 0)


def draw_mask(axes: "Axes", seen: Tensor, words: Sequence[str], window_size: int) -> str:
    """Draw the table and its title; returns the verdict."""
    from matplotlib.patches import Rectangle

    distance = torch.arange(len(words))[:, None] - torch.arange(len(words))
    right = (distance >= 0) & (distance < window_size)
    for query in range(len(words)):
        for key in range(len(words)):
            fill = BLUE if seen[query, key] else PALE
            axes.add_patch(Rectangle((key - 0.46, query - 0.46), 0.92, 0.92, facecolor=fill, edgecolor="none"))
            if seen[query, key] != right[query, key]:
                frame(axes, row=query, first=key, columns=1, color=RED)
    axes.set_xlim(-0.5, len(words) - 0.5)
    axes.set_ylim(len(words) - 0.5, -0.5)
    axes.set_xticks(range(len(words)), words)
    axes.set_yticks(range(len(words)), words)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    causal = len(words) * (len(words) + 1) // 2
    facts = [f"Window {window_size}: {int((seen & right).sum())} of {causal} pairs"]
    beyond, missing = int((seen & ~right).sum()), int((right & ~seen).sum())
    if beyond:
        facts.append(f"{beyond} outside the window")
    if missing:
        facts.append(f"{missing} missing")
    headline(axes, ",\n".join(facts), color=RED if beyond or missing else INK)
    return ", ".join(facts)


def draw_field(
    axes: "Axes", layers: Sequence[Module], x: Tensor, words: Sequence[str], window_size: int
) -> tuple[str, str]:
    """Draw the cells, the lines and the title; returns the verdict and how many words are reached at each level."""
    last = len(words) - 1
    levels = [x]
    for layer in layers:
        levels.append(through([layer], levels[-1]))
    reached = [moves(layers[depth:], level)[last] for depth, level in enumerate(levels)]
    for depth, layer in enumerate(layers):
        steps = moves([layer], levels[depth])
        for upper in reached[depth + 1].nonzero().flatten().tolist():
            for lower in steps[upper].nonzero().flatten().tolist():
                axes.plot([lower, upper], [depth, depth + 1], color=GREY, linewidth=0.7, zorder=1)
    for depth, row in enumerate(reached):
        draw_level(axes, depth, row)
    names = ["text", *(f"layer {depth + 1}" for depth in range(len(layers)))]
    axes.set_xlim(-0.6, last + 0.6)
    axes.set_ylim(-0.5, len(layers) + 0.5)
    axes.set_xticks(range(len(words)), words)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)

    back = last - int(reached[0].nonzero()[0])
    expected = min(len(layers) * (window_size - 1), last)
    facts = [f"{count(len(layers), 'layer')}, window {window_size}: {count(back, 'token')} back"]
    if back != expected:
        facts.append(f"{expected} expected")
    headline(axes, ",\n".join(facts), color=INK if back == expected else RED)
    sizes = ", ".join(f"{name} {len(row.nonzero())}" for name, row in zip(names, reached, strict=True))
    return ", ".join(facts), f"Cells from which the last result is reached: {sizes}."


def draw_level(axes: "Axes", depth: int, row: Tensor) -> None:
    """One row of cells; a factor of ten less is a quarter of the way to the palest blue."""
    import matplotlib
    from matplotlib.patches import Rectangle

    for place, moved in enumerate(row.tolist()):
        fill = PALE
        if moved:
            tens = math.log10(min(moved, PUSH) / PUSH)  # 0 or less
            fill = matplotlib.colormaps[HEAT](0.25 + 0.6 * max(0, 1 + tens / 4)) if math.isfinite(tens) else RED
        corner = (place - 0.36, depth - 0.2)
        axes.add_patch(Rectangle(corner, 0.72, 0.4, facecolor=fill, edgecolor="white", linewidth=1, zorder=2))


def draw_cells(axes: "Axes", used: Tensor, made: Tensor) -> None:
    from matplotlib.colors import ListedColormap

    kinds = made.int() + (made & used).int()  # 0 never computed, 1 thrown away, 2 used
    axes.imshow(kinds.numpy(), cmap=ListedColormap([PALE, LIGHT_ORANGE, BLUE]), vmin=0, vmax=2)
    for edge in range(1, len(used)):
        axes.axvline(edge - 0.5, color="white", linewidth=0.8)
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def patches(colors: Mapping[str, str]) -> list:
    from matplotlib.patches import Patch

    return [Patch(color=color, label=name) for name, color in colors.items()]


def draw_lines(
    axes: "Axes", lengths: Sequence[int], lines: Mapping[str, Sequence[float]], colors: Sequence[str]
) -> None:
    for (name, values), color in zip(lines.items(), colors, strict=False):
        if len(values) != len(lengths):
            raise ValueError(f"{name}: {len(values)} numbers for {len(lengths)} lengths; they must match")
        axes.plot(lengths, values, marker="o", color=color, linewidth=2)
        label_line(axes, name, lengths[-1], values[-1])


def growth_of(lines: Mapping[str, Sequence[float]]) -> str:
    """How much each line grows in its last step."""
    return ", ".join(f"{name} x {values[-1] / values[-2]:.1f}" for name, values in lines.items())


def count(many: int, thing: str) -> str:
    return f"{many} {thing}{'' if many == 1 else 's'}"


def require_mask(seen: object, words: Sequence[str]) -> None:
    shape = (len(words), len(words))
    if not isinstance(seen, Tensor):
        raise TypeError(f"the mask is {type(seen).__name__}; it must be a tensor")
    if seen.shape != shape or seen.dtype != torch.bool:
        raise ValueError(
            f"the mask has shape {tuple(seen.shape)} and dtype {seen.dtype}; it must be {shape} and torch.bool"
        )


def require_text(x: Tensor, words: Sequence[str]) -> None:
    if x.dim() != 3 or len(x) != 1:
        raise ValueError(f"x has shape {tuple(x.shape)}; it must be (1, sequence, embed)")
    require_words(words, x.shape[1:2])
