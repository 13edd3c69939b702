"""The pictures of lesson 01: spreads over depth, tokens before and after, scale and shift, and eps.

The *spread* of some numbers is their standard deviation with the biased variance, the one that layer
normalisation uses. Words in titles and descriptions are chosen from what was measured, so that a wrong
layer shows as wrong.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = (BLUE, GREEN, ORANGE, RED)
HALF_LARGEST = torch.finfo(torch.float16).max


def over_depth(
    without: Mapping[str, Sequence[float]], with_norm: Mapping[str, Sequence[float]] | None = None
) -> "Figure":
    """The spread of the activations after each layer, one line per stack of layers.

    without, with_norm: name of the stack -> its spreads, the input's first. With `with_norm` there is a
    second panel of the same height. Raises ValueError for no stacks, an empty stack or more than four.
    """
    panels = {"Without layer norm": without} | ({} if with_norm is None else {"With layer norm": with_norm})
    for title, stacks in panels.items():
        if not 1 <= len(stacks) <= len(COLORS) or not all(len(spreads) > 1 for spreads in stacks.values()):
            raise ValueError(f"{title.lower()}: give 1 to {len(COLORS)} stacks, each with at least 2 spreads")

    drawing, axes = figure(7, 3.2, columns=len(panels))
    axes = [axes] if len(panels) == 1 else list(axes)
    for panel, (title, stacks) in zip(axes, panels.items(), strict=True):
        draw_depth(panel, title, stacks, line_break=" " if len(panels) == 1 else "\n")
    lowest, highest = zip(*(panel.get_ylim() for panel in axes), strict=True)
    for panel in axes:
        panel.set_ylim(min(lowest), max(highest))
    axes[0].set_ylabel("spread of the activations")
    return describe(drawing, " ".join(f"{title}: {depth_in_words(stacks)}." for title, stacks in panels.items()))


def draw_depth(panel: "Axes", title: str, stacks: Mapping[str, Sequence[float]], line_break: str) -> None:
    ends = {number(spreads[-1]) for spreads in stacks.values()}
    for place, (name, spreads) in enumerate(stacks.items()):
        # Lines that lie on one another are told apart by their width, and their labels are piled up.
        together = len(ends) == 1 < len(stacks)
        falls = spreads[-1] < spreads[0] / 10
        rise = -20 - 12 * place if together else -15 if falls else 8
        width = 7 - 2 * place if together else 2
        panel.plot(range(len(spreads)), spreads, color=COLORS[place], linewidth=width, solid_capstyle="butt", zorder=2)
        panel.annotate(
            f"{name}: {number(spreads[-1])}",
            (len(spreads) - 1, spreads[-1]),
            xytext=(0, rise),
            textcoords="offset points",
            ha="right",
            color=COLORS[place],
            weight="bold",
            fontsize=9,
        )
    panel.axhline(HALF_LARGEST, color=GREY, linewidth=1, linestyle="--", zorder=1)
    panel.annotate(
        f"float16 ends at {HALF_LARGEST:,.0f}",
        (0, HALF_LARGEST),
        xytext=(0, 3),
        textcoords="offset points",
        color=INK,
        fontsize=9,
    )
    panel.set_yscale("log")
    panel.margins(y=0.16)
    panel.set_xlabel("layers passed")
    last = [spreads[-1] for spreads in stacks.values()]
    outcome = f"all {number(last[0])}" if len(ends) == 1 else f"{number(min(last))} to {number(max(last))}"
    headline(panel, f"{title}, after {len(next(iter(stacks.values()))) - 1} layers:{line_break}{outcome}")


def depth_in_words(stacks: Mapping[str, Sequence[float]]) -> str:
    return ", ".join(
        f"{name} goes from {number(spreads[0])} to {number(spreads[-1])} in {len(spreads) - 1} layers"
        for name, spreads in stacks.items()
    )


def before_after(norm: Callable[[Tensor], Tensor], tokens: Tensor, words: Sequence[str]) -> "Figure":
    """Each token's numbers as dots, its mean and spread as a bar, before and after the learner's `norm`.

    tokens (tokens, embed), words: one name per token. Raises ValueError when they do not match or `norm`
    changes the shape, TypeError when it returns no tensor.
    """
    words = list(words)
    if tokens.ndim != 2 or len(tokens) != len(words):
        raise ValueError(f"tokens has shape {tuple(tokens.shape)}; with {len(words)} words: ({len(words)}, embed)")
    stages = {"Before": tokens.double(), "After": apply(norm, tokens)}

    drawing, axes = figure(7, 3.2, columns=2)
    for panel, (stage, values) in zip(axes, stages.items(), strict=True):
        rows = list(range(len(words)))
        color = GREY if stage == "Before" else BLUE
        panel.scatter(
            values.tolist(), [[row] * values.shape[1] for row in rows], s=9, alpha=0.5, color=color, linewidth=0
        )
        panel.errorbar(
            mean(values).tolist(),
            rows,
            xerr=spread(values).tolist(),
            fmt="o",
            color=INK,
            markersize=5,
            linewidth=2.5,
            capsize=4,
        )
        panel.set_yticks(rows, words if panel is axes[0] else [""] * len(words))
        panel.set_ylim(len(words) - 0.5, -0.5)
        panel.tick_params(axis="y", length=0)
        panel.set_xlabel("the token's numbers; bar: mean ± spread")
        headline(panel, f"{stage}: means {span(mean(values))}\nspreads {span(spread(values))}")
    limits = [panel.get_xlim() for panel in axes]
    for panel in axes:
        panel.set_xlim(min(low for low, _ in limits), max(high for _, high in limits))
    return describe(
        drawing,
        " ".join(
            f"{stage} layer norm, mean and spread: "
            + ", ".join(
                f"{word} {decimal(center)} and {decimal(width)}"
                for word, center, width in zip(words, mean(values).tolist(), spread(values).tolist(), strict=True)
            )
            + "."
            for stage, values in stages.items()
        ),
    )


def dials(
    norm_class: Callable[[int], nn.Module],
    token: Tensor,
    spread_in: float = 1.0,
    scale: float = 1.0,
    shift: float = 0.0,
    place: int | None = None,
) -> "Figure":
    """One token beside the learner's layer norm of it, with the dials for spread, scale and shift turned.

    token (embed,); its deviations from its mean are stretched to `spread_in`. `scale` and `shift` are set
    at every place of the embedding, or at `place` alone. Raises ValueError when token is constant or not 1-D,
    place is out of range, or the layer has no scale and shift of its own for each place.
    """
    x = token.mean() + spread_in * standard(token)
    if place is not None and not 0 <= place < len(token):
        raise ValueError(f"place is {place}; it must be 0 to {len(token) - 1}, or None for every place")
    norm = norm_class(len(token))
    turn(norm, len(token), scale, shift, place)
    output = apply(norm, x)

    drawing, (left, right) = figure(7, 2.8, columns=2)
    draw_token(left, x.double(), "In", GREY, None)
    draw_token(right, output, "Out", BLUE, place)
    limit = max(8.0, *(values.double().nan_to_num(0, 0, 0).abs().max().item() * 1.1 for values in (x, output)))
    for panel in (left, right):
        panel.set_ylim(-limit, limit)
    left.set_ylabel("value")
    where = "every place" if place is None else f"place {place}"
    return describe(
        drawing,
        f"{values_in_words('In', x.double())} Scale {scale:g} and shift {shift:g} at {where}. "
        f"{values_in_words('Out', output)}",
    )


def turn(norm: nn.Module, embed_size: int, scale: float, shift: float, place: int | None) -> None:
    """Set the scale and shift of a fresh layer, 1 and 0, in whatever form it keeps them.

    Each trainable number is raised by 1, for a token and for its negative: a shift moves its own place by the
    same for both, a scale in opposite directions. A number that moves nothing stays as it is.
    """
    token = torch.linspace(0, 1, embed_size).exp()
    probe = torch.stack([token, -token])
    before = apply(norm, probe)
    parameters = [parameter for parameter in norm.parameters() if parameter.requires_grad]
    found = 0
    if sum(parameter.numel() for parameter in parameters) == 2 * embed_size:
        numbers = nn.utils.parameters_to_vector(parameters).detach()
        turned = numbers.clone()
        for index, step in enumerate(torch.eye(len(numbers), dtype=numbers.dtype)):
            nn.utils.vector_to_parameters(numbers + step, parameters)
            moved, moved_negative = apply(norm, probe) - before
            places = (moved.abs() > 1e-3).nonzero().flatten().tolist()
            found += len(places) <= 1
            if len(places) == 1 and place in (None, *places):
                turned[index] += shift if moved[places] * moved_negative[places] > 0 else scale - 1
        nn.utils.vector_to_parameters(turned, parameters)
    if found < 2 * embed_size:
        shapes = ", ".join(f"{name} {tuple(values.shape)}" for name, values in norm.named_parameters()) or "none"
        raise ValueError(
            f"the layer must have a scale and a shift for each of the {embed_size} places; its parameters: {shapes}"
        )


def draw_token(panel: "Axes", values: Tensor, stage: str, color: str, marked: int | None) -> None:
    center, width = mean(values).item(), spread(values).item()
    colors = [ORANGE if place == marked else color for place in range(len(values))]
    panel.bar(range(len(values)), values.nan_to_num(0, 0, 0).tolist(), color=colors)
    panel.axhspan(center - width, center + width, color=color, alpha=0.15, linewidth=0, zorder=0)
    panel.axhline(center, color=color, linewidth=1.5, linestyle="--")
    panel.axhline(0, color=INK, linewidth=0.8)
    panel.set_xticks(range(len(values)))
    panel.set_xlabel("place of the embedding")
    headline(panel, f"{stage}: mean {decimal(center)}, spread {decimal(width)}")


def values_in_words(stage: str, values: Tensor) -> str:
    numbers = ", ".join(decimal(value) for value in values.tolist())
    return f"{stage}: {numbers}; mean {decimal(mean(values).item())}, spread {decimal(spread(values).item())}."


def small_inputs(
    ways: Mapping[str, Callable[[Tensor], Tensor]],
    token: Tensor,
    marked: float = 1e-3,
    smallest: float = 1e-7,
) -> "Figure":
    """The spread that comes out for a token whose spread shrinks from 10 to `smallest`, one line per way.

    ways: name -> function from (embed,) to the same shape; token (embed,), not constant; the values at the
    spread `marked` are written out. Raises ValueError for no ways or more than four, a constant token, or
    marked and smallest not in 0 < smallest <= marked < 10.
    """
    if not 1 <= len(ways) <= len(COLORS):
        raise ValueError(f"there are {len(ways)} ways; give 1 to {len(COLORS)}")
    unit = standard(token)
    if not 0 < smallest <= marked < 10:
        raise ValueError(f"smallest is {smallest} and marked is {marked}; they must hold 0 < smallest <= marked < 10")
    inputs = torch.logspace(math.log10(smallest), 1, 80).tolist()

    drawing, panel = figure(7, 3)
    found = {}
    for place, (name, way) in enumerate(ways.items()):
        found[name] = number(spread(apply(way, unit * marked)).item())
        outputs = [spread(apply(way, unit * size)).item() for size in inputs]
        style = ("-", "--", ":", "-.")[place]
        panel.plot(inputs, outputs, style, color=COLORS[place], linewidth=4 - place, label=f"{name}: {found[name]}")
    panel.axvline(marked, color=GREY, linewidth=1)
    panel.set_xscale("log")
    panel.set_ylim(-0.05, 1.15)
    panel.set_xlabel("spread of the token that goes in")
    panel.set_ylabel("spread that comes out")
    headline(panel, f"A token with spread {marked:g} comes out with {', '.join(found.values())}")
    panel.legend(title=f"{marked:g} in, out:", loc="lower right", alignment="left", frameon=False)
    return describe(
        drawing,
        f"A token with spread {marked:g} comes out with spread: "
        + ", ".join(f"{name} {value}" for name, value in found.items())
        + ".",
    )


def standard(token: Tensor) -> Tensor:
    """The token with mean 0 and spread 1, by division without eps."""
    if token.ndim != 1 or not spread(token) > 0:
        raise ValueError(f"token is {token.tolist()}; it must be one row of numbers that are not all equal")
    return (token - token.mean()) / spread(token).to(token.dtype)


def apply(norm: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The learner's layer on x, checked for type and shape, in float64 so that measuring adds no rounding."""
    with torch.no_grad():
        output = norm(x.clone())
    if not isinstance(output, Tensor):
        raise TypeError(f"the layer returned {type(output).__name__}; it must return a tensor")
    # A parameter of shape (1, 1, embed) gives a token the axes of a text and of a batch.
    while output.ndim > x.ndim and len(output) == 1:
        output = output[0]
    if output.shape != x.shape:
        raise ValueError(f"the layer returned shape {tuple(output.shape)} for an input of shape {tuple(x.shape)}")
    return output.double()


def mean(values: Tensor) -> Tensor:
    return values.double().mean(dim=-1)


def spread(values: Tensor) -> Tensor:
    return values.double().std(dim=-1, correction=0)


def number(value: float) -> str:
    """Three significant digits, without an exponent where people do not need one."""
    if abs(value) >= 1e3:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.2e}" if 0 < abs(value) < 1e-3 else f"{value:#.3g}".rstrip(".")


def decimal(value: float) -> str:
    """Two decimals, and never "-0.00"."""
    return f"{round(value, 2) + 0.0:.2f}"


def span(values: Tensor) -> str:
    """The smallest to the largest of `values`, or the one number that all of them round to."""
    low, high = decimal(values.min().item()), decimal(values.max().item())
    return f"all {low}" if low == high else f"{low} to {high}"
