"""The pictures of lesson 04: words with their positions, where the parameters sit, and two models compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Model = Callable[..., nn.Module]
"""``(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=...)`` -> ids to logits."""

AGREE = 1e-4
"""Logits of two right models in float32 differ by less; the smallest difference that a picture names."""
PURPLE = "#cc79a7"
COLORS = {
    "token table": BLUE,
    "position table": PURPLE,
    "attention": ORANGE,
    "feed-forward": GREEN,
    "biases and norms": GREY,
}


# Words and their positions


def adding(words: Sequence[str], tokens: Tensor, positions: Tensor) -> "Figure":
    """Three tables side by side: the vectors of the words, those of their positions, and the sums.

    tokens, positions (words, embed). Rows of one colour belong to the same word.
    Raises ValueError when the numbers of words and rows differ, or the two shapes.
    """
    words = list(words)
    if tokens.shape != positions.shape or tokens.ndim != 2 or len(tokens) != len(words):
        raise ValueError(
            f"tokens has shape {tuple(tokens.shape)} and positions {tuple(positions.shape)}; "
            f"with {len(words)} words both must be ({len(words)}, embed)"
        )
    sums = tokens + positions
    drawing, panels = figure(7, 0.9 + 0.3 * len(words), columns=3)
    places = [f"position {place}" for place in range(len(words))]
    titles = ("token vectors", "+ position vectors", "= what the blocks get")
    for panel, table, labels, title in zip(
        panels, (tokens, positions, sums), (words, places, words), titles, strict=True
    ):
        kinds = [None] * len(words) if labels is places else [words.index(word) for word in words]
        draw_rows(panel, table, labels, kinds)
        headline(panel, title)
    rows = "; ".join(
        f"{word} at position {place}: {numbers(row)}" for place, (word, row) in enumerate(zip(words, sums, strict=True))
    )
    return describe(drawing, f"Token vector plus position vector. {rows}.")


def draw_rows(panel: "Axes", table: Tensor, labels: Sequence[str], kinds: Sequence[int | None]) -> None:
    from matplotlib.patches import Rectangle

    fills = ("#cce3f0", "#fbe6bf", "#c9ebe0", "#e6d5ea")
    for y, (row, kind) in enumerate(zip(table.tolist(), kinds, strict=True)):
        fill = "#eef0f2" if kind is None else fills[kind % len(fills)]
        for x, value in enumerate(row):
            panel.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=fill, edgecolor="white"))
            panel.text(x, y, f"{value:.3g}", ha="center", va="center", color=INK)
    panel.set_xlim(-0.5, table.shape[1] - 0.5)
    panel.set_ylim(len(labels) - 0.5, -0.5)
    panel.set_yticks(range(len(labels)), labels)
    panel.set_xticks([])
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)


def numbers(row: Tensor) -> str:
    return ", ".join(f"{value:.3g}" for value in row.tolist())


# Where the parameters sit


def shapes_only(model: Model, *sizes: int, **options: int) -> nn.Module:
    """The learner's model with shapes and no memory, on the device "meta", where its code can do without memory.

    It was called once: lazy layers have parameters only then, and some tie their weights then.
    """
    try:
        with torch.device("meta"):
            return called_once(model(*sizes, **options))
    except (RuntimeError, TypeError, NotImplementedError, ValueError):
        return called_once(model(*sizes, **options))


def called_once(model: nn.Module) -> nn.Module:
    device = next((p.device for p in model.parameters() if not nn.parameter.is_lazy(p)), None)
    try:
        with torch.no_grad():
            model(torch.zeros(1, 1, dtype=torch.long, device=device))
    except (RuntimeError, TypeError, NotImplementedError, ValueError):
        # A model that looks at the ids cannot be called without memory; its shapes are there all the same.
        if any(nn.parameter.is_lazy(parameter) for parameter in model.parameters()):
            raise
    return model


def count(model: Model, *sizes: int, **options: int) -> int:
    """The number of parameters, each one once, under however many names it is kept."""
    return sum(parameter.numel() for parameter in shapes_only(model, *sizes, **options).parameters())


def count_parts(
    model: Model, embed_size: int, num_heads: int, num_layers: int, vocab_size: int = 50257, context_size: int = 1024
) -> dict[str, int]:
    """How many of a model's parameters each part has, whatever the parts are called; hidden_size is 4 * embed_size.

    Nothing is read off from names or shapes. The model is built again with one more token, one more position and so
    on, and what is added tells what a part has: a matrix of attention grows with embed_size squared, one of the
    feed-forward layer with embed_size * hidden_size. One layer is built, and a second one for the difference.
    """
    hidden_size, step = 4 * embed_size, num_heads

    def built(vocab: int = 0, embed: int = 0, hidden: int = 0, layers: int = 0, context: int = 0) -> int:
        """The number of parameters with so many more of each."""
        sizes = vocab_size + vocab, embed_size + embed, num_heads, hidden_size + hidden, 1 + layers
        return count(model, *sizes, context_size=context_size + context)

    once, wider, hidden = built(), built(embed=step), built(hidden=1)
    curve = built(embed=2 * step) - 2 * wider + once
    mixed = built(embed=step, hidden=1) - wider - hidden + once
    parts = {
        "token table": vocab_size * (built(vocab=1) - once),
        "position table": context_size * (built(context=1) - once),
        "attention": num_layers * curve * embed_size**2 // (2 * step**2),
        "feed-forward": num_layers * mixed * embed_size * hidden_size // step,
    }
    total = once + (num_layers - 1) * (built(layers=1) - once)
    return parts | {"biases and norms": total - sum(parts.values())}


def treemap(model: Model, embed_size: int, num_heads: int, num_layers: int, **options: int) -> "Figure":
    """The parameters of the learner's model as areas: the tables at the left, one rectangle for each block.

    The arguments are those of `count_parts`.
    """
    parts = count_parts(model, embed_size, num_heads, num_layers, **options)
    total = sum(parts.values())
    drawing, panel = figure(7, 4)
    tables = (parts["token table"] + parts["position table"]) / total
    stack(panel, (0, 0, tables, 1), {name: parts[name] for name in ("token table", "position table")})
    in_block = {name: parts[name] for name in ("attention", "feed-forward", "biases and norms")}
    columns = most_square(num_layers, 7 * (1 - tables) / 4)
    rows = -(-num_layers // columns)
    width, height = (1 - tables) / columns, 1 / rows
    for layer in range(num_layers):
        row, column = divmod(layer, columns)
        stack(panel, (tables + column * width, row * height, width, height), in_block, gap=0.004)
        panel.text(
            tables + (column + 0.5) * width,
            row * height + 0.03 / rows + 0.012,
            f"block {layer}" if columns <= 4 else f"{layer}",
            ha="center",
            va="top",
            fontsize=8,
            color=INK,
        )
    panel.set_xlim(0, 1)
    panel.set_ylim(1, 0)
    panel.set_axis_off()
    shares = {name: f"{amount:,} ({amount / total:.1%})" for name, amount in parts.items()}
    largest = max(parts, key=parts.get)
    headline(panel, f"{total:,} parameters; the largest part is {largest}, {parts[largest] / total:.1%}")
    handles = [square(COLORS[name], f"{name} {share}") for name, share in shares.items()]
    drawing.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False, fontsize=9)
    return describe(
        drawing,
        f"{total:,} parameters in {num_layers} blocks and two tables: "
        + ", ".join(f"{name} {share}" for name, share in shares.items())
        + ".",
    )


def most_square(rectangles: int, aspect: float) -> int:
    """How many columns make `rectangles` equal ones, in full rows, as square as they can be."""
    divisors = [columns for columns in range(1, rectangles + 1) if rectangles % columns == 0]
    return min(divisors, key=lambda columns: abs(columns * columns / rectangles - aspect))


def stack(
    panel: "Axes", corner_and_size: tuple[float, float, float, float], parts: Mapping[str, int], gap: float = 0
) -> None:
    """A rectangle (x, y, width, height) cut across, each part as high as its share."""
    from matplotlib.patches import Rectangle

    x, y, width, height = corner_and_size
    total = sum(parts.values())
    for name, amount in parts.items():
        share = height * amount / total if total else 0
        panel.add_patch(
            Rectangle((x, y), width, share, facecolor=COLORS[name], edgecolor="white", linewidth=0.6, label=name)
        )
        y += share
    if gap:
        x, y, width, height = corner_and_size
        panel.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor="white", linewidth=3))


def square(color: str, label: str) -> object:
    from matplotlib.patches import Patch

    return Patch(facecolor=color, label=label)


# Two models compared


def agreement(theirs: Tensor, yours: Mapping[str, Tensor]) -> "Figure":
    """Every logit of one model against the same logit of another: equal ones lie on the diagonal.

    theirs: logits of any shape; yours: title -> logits of the same shape, one panel each.
    Raises ValueError when a shape differs.
    """
    for title, logits in yours.items():
        if logits.shape != theirs.shape:
            raise ValueError(f"{title}: the logits have shape {tuple(logits.shape)}; it must be {tuple(theirs.shape)}")
    drawing, _ = figure(3.5 * len(yours), 3.6, columns=len(yours))
    low, high = theirs.min().item(), theirs.max().item()
    found = {}
    for panel, (title, logits) in zip(drawing.axes, yours.items(), strict=True):
        found[title] = largest_difference(theirs, logits)
        right = found[title].startswith("below")
        panel.plot([low, high], [low, high], color=GREY, linewidth=1)
        panel.scatter(
            theirs.flatten().tolist(),
            logits.detach().flatten().tolist(),
            s=8,
            color=BLUE if right else RED,
            alpha=0.5,
            linewidth=0,
        )
        panel.set_xlabel("logit of transformers")
        headline(panel, f"{title}:\nlargest difference {found[title]}", color=INK if right else RED)
    drawing.axes[0].set_ylabel("logit of your model")
    facts = "; ".join(f"{title}: largest difference {difference}" for title, difference in found.items())
    return describe(drawing, f"{theirs.numel():,} logits from {low:.3g} to {high:.3g}. {facts}.")


def largest_difference(theirs: Tensor, yours: Tensor) -> str:
    """In words: "below 0.0001", or three digits."""
    gap = (theirs.detach().double() - yours.detach().double()).abs().max().item()
    return f"below {AGREE:.4f}" if gap < AGREE else f"{gap:.3g}"
