"""The pictures of lesson 12: where heads look, what they are worth, and what the model would say after each layer."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, HEAT, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALE = "#eef0f2"
LINES = (BLUE, ORANGE, GREEN, RED)
DARK_FROM = 0.55
"""From this share of the colour scale on, black is hard to read on it."""


def every_head(patterns: Tensor) -> "Figure":
    """The pattern of every head as a small picture: layers from left to right, heads from top to bottom.

    patterns (layers, heads, query, key), rows that add up to 1. Raises ValueError for another number of axes, or for
    rows that do not add up to 1.
    """
    patterns = require_patterns(patterns, 4)
    layers, heads, length, _ = patterns.shape
    drawing, _ = figure(7, 0.4 + 6.7 * heads / layers, rows=heads, columns=layers)
    for place, axes in enumerate(drawing.axes):
        head, layer = divmod(place, layers)
        draw_pattern(axes, patterns[layer, head])
        axes.set_xticks([])
        axes.set_yticks([])
        if head == 0:
            axes.set_title(f"layer {layer}", fontsize=10, color=INK)
        if layer == 0:
            axes.set_ylabel(f"head {head}")
    lookouts = {
        "itself": patterns.diagonal(dim1=2, dim2=3)[..., 1:].mean(-1),
        "the token before": patterns.diagonal(-1, dim1=2, dim2=3).mean(-1),
        "the first token": patterns[:, :, 1:, 0].mean(-1),
    }
    facts = "; ".join(f"{name}: {named_strongest(shares)}" for name, shares in lookouts.items())
    return describe(
        drawing,
        f"The patterns of {layers} layers of {heads} heads over {length} tokens. "
        f"Most attention, as a mean, on {facts}.",
    )


def one_query(patterns: Tensor, tokens: Sequence[str], layer: int, head: int, query: int) -> "Figure":
    """Where one token looks in one head: the head's pattern with its row marked, and the text in shades.

    patterns (layers, heads, query, key); tokens: the text in pieces, with their spaces and newlines. Raises IndexError
    for a layer, a head or a token that is not there, and ValueError when there is not one token for each query.
    """
    patterns = require_patterns(patterns, 4)
    for name, number, size in zip(("layer", "head", "query"), (layer, head, query), patterns.shape, strict=False):
        if not 0 <= number < size:
            raise IndexError(f"{name} is {number}; it must be from 0 to {size - 1}")
    if len(tokens) != patterns.shape[-1]:
        raise ValueError(f"there are {len(tokens)} tokens for patterns of {patterns.shape[-1]}")
    pattern = patterns[layer, head]
    row = pattern[query]

    drawing, (left, right) = figure(7.4, 2.9, columns=2)
    drawing.set_layout_engine("none")
    left.set_position((0.05, 0.09, 0.33, 0.78))
    right.set_position((0.4, 0.04, 0.59, 0.83))
    draw_pattern(left, pattern)
    left.axhline(query, color=ORANGE, linewidth=1.5)
    left.set_xticks([])
    left.set_yticks([])
    left.set_xlabel("is seen (key)", fontsize=9)
    left.set_ylabel("looks (query)", fontsize=9)
    headline(left, f"layer {layer}, head {head}")
    draw_code(right, tokens, row, query)
    top = row.topk(min(3, query + 1))
    found = [
        f"{visible_text(tokens[place])} {share:.2f}"
        for share, place in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    ]
    small_headline(right, f"{visible_text(tokens[query])} looks at {', '.join(found)}")
    places = ", ".join(
        f"{visible_text(tokens[place])} (token {place}) {share:.3f}"
        for share, place in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    )
    return describe(
        drawing, f"Layer {layer}, head {head}: token {query}, {visible_text(tokens[query])}, looks at {places}."
    )


def head_map(values: Tensor, what: str, baseline: float = 0.0, lowest: bool = False) -> "Figure":
    """One number for each head: layers from left to right, heads from top to bottom, the most extreme one framed.

    values (layers, heads); what: what the numbers are. Colour says how far a value lies above `baseline`, or with
    `lowest`, where the smallest one is framed, how far below. NaN is left empty: such a head was not measured.
    Raises ValueError for another number of axes or when all are NaN.
    """
    values = values.detach().double()
    if values.dim() != 2 or values.isnan().all():
        raise ValueError(f"values has shape {tuple(values.shape)}; it must be (layers, heads), with a number in it")
    layers, heads = values.shape
    distance = ((baseline - values) if lowest else (values - baseline)).T
    limit = max(distance.nan_to_num(0).max().item(), 1e-6)
    drawing, axes = figure(7, 0.9 + 0.42 * heads)
    import matplotlib

    shades = matplotlib.colormaps[HEAT].with_extremes(bad=PALE)
    axes.imshow(distance.numpy(), cmap=shades, vmin=0, vmax=limit, aspect="auto")
    for head, line in enumerate(values.T.tolist()):
        for layer, value in enumerate(line):
            dark = distance[head, layer].item() / limit > DARK_FROM
            text = "" if math.isnan(value) else two_digits(value).replace("-", "−")
            axes.text(layer, head, text, ha="center", va="center", color="white" if dark else INK)
    best = extreme(values, lowest)
    frame(axes, *best)
    axes.set_xticks(range(layers), [f"layer {layer}" for layer in range(layers)])
    axes.set_yticks(range(heads), [f"head {head}" for head in range(heads)])
    separate(axes, layers, heads)
    measured = values[~values.isnan()]
    side = "lowest" if lowest else "highest"
    named = f"layer {best[0]}, head {best[1]}: {two_digits(values[best])}"
    headline(axes, f"{what}; {named}")
    return describe(
        drawing,
        f"{what}, for {len(measured)} heads. The {side} is {named}. All lie from {two_digits(measured.min())} to "
        f"{two_digits(measured.max())}, with a mean of {two_digits(measured.mean())}.",
    )


def two_passes(losses: Mapping[str, Tensor], period: int) -> "Figure":
    """The loss of each token of a text that repeats its first `period` tokens.

    losses: name -> (sequence - 1,): the first number is the loss of token 1, as token 0 is not predicted. Raises
    ValueError when a line ends before the second pass.
    """
    for name, values in losses.items():
        if values.dim() != 1 or len(values) <= period:
            raise ValueError(f"{name} has shape {tuple(values.shape)}; it must be one row of more than {period} losses")
    drawing, axes = figure(7, 3)
    facts = []
    for (name, values), color in zip(losses.items(), LINES, strict=False):
        values = values.detach().double()
        places = range(1, len(values) + 1)
        axes.plot(places, values.numpy(), color=color, linewidth=1.8, label=name)
        facts.append(f"{name}: {first_pass(values, period):.2f} in the first pass, {second_pass(values, period):.2f}")
    axes.axvline(period, color=GREY, linestyle="--", linewidth=1)
    axes.annotate(
        "repeats from here",
        (period, 1),
        xycoords=("data", "axes fraction"),
        xytext=(6, -4),
        textcoords="offset points",
        va="top",
        fontsize=9,
        color=INK,
    )
    axes.set_ylim(0, 1.2 * max(values.max().item() for values in losses.values()))
    axes.set_xlim(0, max(len(values) for values in losses.values()) + 1)
    axes.set_xlabel("token")
    axes.set_ylabel("loss")
    if len(losses) > 1:
        axes.legend(frameon=False, fontsize=9, loc="lower left")
    name, values = next(iter(losses.items()))
    headline(axes, f"{name}: {first_pass(values, period):.2f}, then {second_pass(values, period):.2f}")
    return describe(drawing, "Mean loss. " + "; ".join(f"{fact} in the repetition" for fact in facts) + ".")


def first_pass(losses: Tensor, period: int) -> float:
    """The mean loss of tokens 1 to period - 1."""
    return losses[: period - 1].double().mean().item()


def second_pass(losses: Tensor, period: int) -> float:
    """The mean loss of the tokens after the repetition's first, which nothing announces."""
    return losses[period:].double().mean().item()


def score_and_worth(scores: Tensor, worth: Tensor) -> "Figure":
    """Every head as a dot: its induction score, and the loss that it takes away.

    scores, worth (layers, heads). Heads that lead in one of the two are named. Raises ValueError when shapes differ.
    """
    if scores.dim() != 2 or scores.shape != worth.shape:
        raise ValueError(f"shapes {tuple(scores.shape)} and {tuple(worth.shape)}; both must be (layers, heads)")
    scores, worth = scores.detach(), worth.detach()
    drawing, axes = figure(7, 3)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.scatter(scores.flatten().tolist(), worth.flatten().tolist(), color=BLUE, s=36, zorder=3)
    named = dict.fromkeys([*top_heads(scores, 2), *top_heads(worth, 2)])
    for layer, head in named:
        axes.annotate(
            f"layer {layer}, head {head}",
            (scores[layer, head].item(), worth[layer, head].item()),
            xytext=(7, 4),
            textcoords="offset points",
            fontsize=9,
            color=INK,
        )
    axes.set_xlim(-0.02, max(scores.max().item() * 1.3, 0.1))
    axes.set_xlabel("induction score")
    axes.set_ylabel("loss added without it")
    high, costly = extreme(scores), extreme(worth)
    headline(axes, "The highest score " + ("also costs" if high == costly else "does not cost") + " the most")
    facts = "; ".join(
        f"layer {layer}, head {head}: score {two_digits(scores[layer, head])}, "
        f"loss added {two_digits(worth[layer, head])}"
        for layer, head in named
    )
    return describe(drawing, f"Induction score and loss added without the head, for {scores.numel()} heads. {facts}.")


def lens(logits: Tensor, tokens: Sequence[str], targets: Tensor, spell: Callable[[int], str]) -> "Figure":
    """What the model would say after each layer: the likeliest next token and its probability, a column for each token.

    logits (layers + 1, sequence, vocab); tokens: the text that is read; targets (sequence,): the ids that really come
    next; spell: id -> text. Cells that name the right token are framed. Raises ValueError when lengths do not match.
    """
    if logits.dim() != 3 or not len(tokens) == logits.shape[1] == len(targets):
        raise ValueError(
            f"logits has shape {tuple(logits.shape)}; with {len(tokens)} tokens and {len(targets)} targets it must be "
            f"(layers + 1, {len(tokens)}, vocab)"
        )
    shares, ids = logits.detach().double().softmax(dim=-1).max(dim=-1)
    steps, length = ids.shape
    import matplotlib

    shades = matplotlib.colormaps[HEAT]
    drawing, axes = figure(7.4, 1.1 + 0.4 * steps)
    axes.imshow(shares.numpy(), cmap=shades, vmin=0, vmax=1, aspect="auto")
    for step in range(steps):
        for place in range(length):
            share = shares[step, place].item()
            color = "white" if share > DARK_FROM else INK
            text = shortened(visible_text(spell(ids[step, place].item()), quoted=False), 8)
            axes.text(
                place,
                step - 0.17,
                text,
                ha="center",
                va="center",
                fontsize=8,
                family="monospace",
                color=color,
                parse_math=False,
            )
            axes.text(place, step + 0.22, f"{share:.2f}", ha="center", va="center", fontsize=7, color=color)
            if ids[step, place] == targets[place]:
                frame(axes, place, step, GREEN)
    read = [shortened(visible_text(token, quoted=False), 8) for token in tokens]
    wanted = [shortened(visible_text(spell(target), quoted=False), 8) for target in targets.tolist()]
    axes.set_xticks(range(length), read, fontsize=8, family="monospace")
    axes.xaxis.tick_top()
    axes.set_yticks(range(steps), [f"after {step}" for step in range(steps)])
    separate(axes, length, steps)
    below = axes.secondary_xaxis("bottom")
    below.set_xticks(range(length), wanted, fontsize=8, family="monospace", color="#00664b")
    below.tick_params(length=0)
    below.spines[:].set_visible(False)
    below.set_xlabel("what really comes next", fontsize=9)
    axes.set_ylabel("blocks")
    right = (ids == targets).sum(dim=-1).tolist()
    headline(axes, f"Right after {steps - 1} blocks: {right[-1]} of {length} tokens")
    by_step = ", ".join(f"{number} after {step}" for step, number in enumerate(right))
    last = "; ".join(
        f"after {visible_text(token)} {visible_text(spell(ids[-1, place].item()))} {shares[-1, place].item():.2f}"
        for place, token in enumerate(tokens)
    )
    return describe(drawing, f"Of {length} next tokens, named by the lens: {by_step} blocks. At the end: {last}.")


def ranks_by_layer(ranks: Mapping[str, Tensor]) -> "Figure":
    """At which place the right token stands after each number of blocks; 1 is the likeliest.

    ranks: name of the line -> (layers + 1,), numbers from 1. Raises ValueError for a rank below 1.
    """
    if any(values.min() < 1 for values in ranks.values()):
        raise ValueError("ranks count from 1, the likeliest token")
    drawing, axes = figure(7, 3)
    for place, ((name, values), color) in enumerate(zip(ranks.items(), LINES, strict=False)):
        axes.plot(range(len(values)), values.tolist(), marker="o", color=color, linewidth=2, label=name)
        for step, value in enumerate(values.tolist()):
            axes.annotate(
                rank_text(value),
                (step, value),
                xytext=(0, 7 if place == 0 else -14),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=INK,
            )
    axes.set_yscale("log")
    axes.set_ylim(max(values.max().item() for values in ranks.values()) * 2, 0.55)
    axes.set_yticks([1, 10, 100, 1000], ["1st", "10th", "100th", "1000th"])
    axes.minorticks_off()
    axes.set_xticks(range(max(map(len, ranks.values()))))
    axes.set_xlabel("after how many blocks")
    axes.set_ylabel("rank of the right token")
    axes.legend(frameon=False, fontsize=9, loc="lower right")
    ends = ", ".join(f"{name} {rank_text(values[-1].item())}" for name, values in ranks.items())
    headline(axes, f"Rank at the end: {ends}")
    facts = "; ".join(f"{name}: " + ", ".join(map(rank_text, values.tolist())) for name, values in ranks.items())
    return describe(drawing, f"Rank of the right token after each number of blocks. {facts}.")


def token_bars(labels: Sequence[str], values: Mapping[str, Tensor], what: str) -> "Figure":
    """Numbers for a few tokens side by side, one colour for each name.

    values: name -> (tokens,). Raises ValueError when a length does not match.
    """
    for name, row in values.items():
        if row.shape != (len(labels),):
            raise ValueError(f"{name} has shape {tuple(row.shape)}; with {len(labels)} labels it is ({len(labels)},)")
    drawing, axes = figure(7, 3)
    width = 0.8 / len(values)
    for number, ((name, row), color) in enumerate(zip(values.items(), LINES, strict=False)):
        places = [place - 0.4 + width * (number + 0.5) for place in range(len(labels))]
        axes.bar(places, row.tolist(), width=width * 0.92, color=color, label=name)
        for place, value in zip(places, row.tolist(), strict=True):
            axes.annotate(f"{value:.2f}", (place, value), ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_xticks(range(len(labels)), labels)
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(0, max(row.max().item() for row in values.values()) * 1.45)
    axes.set_ylabel(what)
    axes.legend(frameon=False, fontsize=9, loc="upper right", ncols=2)
    means = [row.double().mean().item() for row in values.values()]
    small_headline(axes, f"Mean {what}, in the order of the colours: " + ", ".join(f"{mean:.2f}" for mean in means))
    facts = "; ".join(
        f"{name}: " + ", ".join(f"{label} {value:.2f}" for label, value in zip(labels, row.tolist(), strict=True))
        for name, row in values.items()
    )
    return describe(drawing, f"{what.capitalize()}. {facts}. Means: {', '.join(f'{mean:.2f}' for mean in means)}.")


def extreme(values: Tensor, lowest: bool = False) -> tuple[int, int]:
    """(layer, head) of the largest value, or the smallest; NaN never is."""
    values = values.detach().double().nan_to_num(float("inf") if lowest else float("-inf"))
    place = values.argmin() if lowest else values.argmax()
    layer, head = divmod(int(place), values.shape[1])
    return layer, head


def top_heads(values: Tensor, number: int) -> list[tuple[int, int]]:
    """(layer, head) of the largest values, the largest first."""
    order = values.detach().double().flatten().argsort(descending=True, stable=True)[:number]
    return [divmod(place, values.shape[1]) for place in order.tolist()]


def named_strongest(values: Tensor) -> str:
    layer, head = extreme(values)
    return f"layer {layer}, head {head} with {values[layer, head].item():.2f}"


def two_digits(value: "Tensor | float") -> str:
    """Two decimals, and never -0.00."""
    text = f"{float(value):.2f}"
    return "0.00" if text == "-0.00" else text


def rank_text(rank: float) -> str:
    return f"{rank:.3g}" if rank < 1000 else f"{rank:,.0f}"


def drawable(text: str) -> str:
    """Text as matplotlib's own fonts can draw it: newlines are ↵, tabs →, and what they may not have □."""
    marked = text.replace("\n", "↵").replace("\t", "→")
    known = (letter in "↵→" or (letter.isprintable() and letter < "\u0500") for letter in marked)
    return "".join(letter if is_known else "□" for letter, is_known in zip(marked, known, strict=True))


def visible_text(token: str, quoted: bool = True) -> str:
    """A token's text in which spaces are seen too: " add" is ·add."""
    text = drawable(token).replace(" ", "·")
    return f"“{text}”" if quoted else text


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def draw_pattern(axes: "Axes", pattern: Tensor) -> None:
    """One head's pattern; colours grow with the root of the weight, so that small weights are seen too."""
    from matplotlib.colors import PowerNorm

    axes.imshow(pattern.numpy(), cmap=HEAT, norm=PowerNorm(0.5, vmin=0, vmax=1), interpolation="nearest")
    axes.spines[:].set_visible(True)


def pieces(tokens: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
    """Where the pieces of a text lie on the page: number of the token, line, column, text. A newline is a piece ↵."""
    line = column = 0
    for number, token in enumerate(tokens):
        rest = token
        while rest:
            head, newline, rest = rest.partition("\n")
            if head:
                yield number, line, column, head
                column += len(head)
            if newline:
                yield number, line, column, "↵"
                line, column = line + 1, 0


def draw_code(axes: "Axes", tokens: Sequence[str], weights: Tensor, query: int) -> None:
    """The text in its lines; a token's shade is the attention it gets, the one that looks is framed."""
    import matplotlib
    from matplotlib.colors import PowerNorm
    from matplotlib.patches import Rectangle

    placed = list(pieces(tokens))
    width = max(column + len(text) for _, _, column, text in placed) + 0.5
    height = max(line for _, line, _, _ in placed) + 1
    shades, norm = matplotlib.colormaps[HEAT], PowerNorm(0.5, vmin=0, vmax=1)
    box = axes.get_position()
    inches = axes.figure.get_size_inches()
    # A monospaced letter is 0.6 of the font size wide and needs 1.2 of it in height.
    size = min(box.width * inches[0] / width * 72 / 0.602, box.height * inches[1] / height * 72 / 1.25, 10)
    columns = box.width * inches[0] * 72 / (0.602 * size)
    lines = box.height * inches[1] * 72 / (1.25 * size)
    for number, line, column, text in placed:
        weight = weights[number].item()
        shade = shades(norm(weight)) if number <= query else PALE
        edge = ORANGE if number == query else "white"
        axes.add_patch(
            Rectangle(
                (column, line),
                len(text),
                1,
                facecolor=shade,
                edgecolor=edge,
                linewidth=1.8 if number == query else 0.6,
                zorder=3 if number == query else 2,
            )
        )
        color = GREY if number > query or text == "↵" else INK
        if number <= query and norm(weight) > DARK_FROM:
            color = "white"
        axes.text(
            column,
            line + 0.52,
            drawable(text),
            va="center",
            fontsize=size,
            family="monospace",
            color=color,
            zorder=4,
            parse_math=False,
        )
    axes.set_xlim(-0.2, columns - 0.2)
    axes.set_ylim(lines, -0.2)
    axes.set_axis_off()


def small_headline(axes: "Axes", text: str) -> None:
    """A title that may hold pieces of code, where a dollar sign is a dollar sign."""
    axes.set_title(text, loc="left", fontsize=10, color=INK, parse_math=False)


def frame(axes: "Axes", column: float, row: float, color: str = ORANGE) -> None:
    from matplotlib.patches import Rectangle

    corner = (column - 0.47, row - 0.46)
    axes.add_patch(Rectangle(corner, 0.94, 0.92, fill=False, edgecolor=color, linewidth=2, zorder=5))


def separate(axes: "Axes", columns: int, rows: int) -> None:
    """White lines between the cells of a table, and no frame around it."""
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for edge in range(1, columns):
        axes.axvline(edge - 0.5, color="white", linewidth=1.5)
    for edge in range(1, rows):
        axes.axhline(edge - 0.5, color="white", linewidth=1.5)


def require_patterns(patterns: Tensor, axes: int) -> Tensor:
    """The patterns in float64 and without gradients. Raises ValueError unless each row adds up to 1."""
    patterns = patterns.detach().double()
    if patterns.dim() != axes or patterns.shape[-1] != patterns.shape[-2]:
        raise ValueError(f"patterns has shape {tuple(patterns.shape)}; it must be (layers, heads, query, key)")
    if not torch.allclose(patterns.sum(-1), torch.ones_like(patterns[..., 0]), atol=1e-3):
        raise ValueError("patterns has rows that do not add up to 1")
    return patterns
