"""The pictures of lesson 02: who sees whom, read off from the learner's own attention."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, HEAT, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Attention = Callable[[Tensor, Tensor, Tensor], Tensor]
"""``(query, key, value)``, each (batch, heads, sequence, size) -> same as value."""

NOTHING = 1e-6
"""Below this a weight, or a change of a number, is rounding."""
PALE, FAINT = "#eef0f2", "#69707a"


def weights_of(attention: Attention, query: Tensor, key: Tensor) -> Tensor:
    """The weights that an attention uses inside, read off from outside: ``weights @ identity = weights``.

    The identity goes in as `value`, as many columns at a time as a value has numbers.

    query, key (batch, heads, sequence, size) -> (batch, heads, sequence, sequence).
    Raises TypeError when the attention returns no tensor, ValueError when its shape is not value's or when
    query and key differ in shape.
    """
    if query.dim() != 4 or query.shape != key.shape:
        raise ValueError(
            f"query has shape {tuple(query.shape)} and key {tuple(key.shape)}; "
            "both must be (batch, heads, sequence, head_size)"
        )
    length, size = key.shape[-2:]
    identity = torch.eye(length, -(-length // size) * size, dtype=key.dtype, device=key.device)
    pieces = []
    with torch.no_grad():
        for columns in identity.split(size, dim=-1):
            value = columns.expand(key.shape).contiguous()
            piece = attention(query, key, value)
            require_shape("the attention", piece, value.shape)
            pieces.append(piece)
    return torch.cat(pieces, dim=-1)[..., :length]


def gathered(words: Sequence[str], shares: dict[str, Tensor], wanted: str) -> "Figure":
    """What arrives at the last word, one row of bars for each way of gathering.

    shares: title -> (words,), how much of what arrives comes from each word. The bar of `wanted` is marked.
    Raises ValueError when `wanted` is not among the words or a row has another length.
    """
    if wanted not in words:
        raise ValueError(f"wanted is {wanted!r}; it must be one of the words {list(words)}")
    for share in shares.values():
        require_words(words, share.shape[-1:])
    place = list(words).index(wanted)
    drawing, _ = figure(7, 1.8 * len(shares), rows=len(shares))
    for axes, (title, share) in zip(drawing.axes, shares.items(), strict=True):
        colors = [ORANGE if word == wanted else GREY for word in words]
        draw_shares(axes, words, share.tolist(), colors, form="{:.3g}")
        axes.set_ylim(0, 1.15)
        axes.set_ylabel("share")
        headline(axes, f"{title}: {number(share[place])} comes from “{wanted}”")
    facts = "; ".join(f"{title}: {number(share[place])}" for title, share in shares.items())
    return describe(drawing, f"Share of {wanted!r} in what arrives at {words[-1]!r}. {facts}.")


def masking(words: Sequence[str], scores: Tensor, masked: Tensor, weights: Tensor) -> "Figure":
    """The three steps for a few words as tables of numbers: scores, scores with the mask added, weights.

    scores, masked, weights (sequence, sequence).
    """
    for table in (scores, masked, weights):
        require_words(words, table.shape)
    drawing, all_axes = figure(7, 2.7, columns=3)
    titles = ("scores", "scores + mask", "softmax of each row")
    for axes, table, title in zip(all_axes, (scores, masked, weights), titles, strict=True):
        draw_table(axes, table, words, colored=table is weights)
        headline(axes, title)
        axes.set_xlabel("is seen (key)")
    all_axes[0].set_ylabel("asks (query)")
    hidden = int(torch.isneginf(masked).sum())
    rows = "; ".join(
        f"{word} " + ", ".join(number(weight) for weight in row) for word, row in zip(words, weights, strict=True)
    )
    return describe(drawing, f"{hidden} of {masked.numel()} scores become minus infinity. Weights: {rows}.")


def score_size(head_sizes: Sequence[int], largest: dict[str, Sequence[float]]) -> "Figure":
    """How big the largest weight of a softmax gets as heads grow, one line for each way of scaling.

    largest: name of the line -> the mean largest weight at each head size.
    """
    drawing, axes = figure(7, 3)
    for (name, values), color in zip(largest.items(), (ORANGE, BLUE, GREEN), strict=False):
        axes.plot(head_sizes, values, marker="o", color=color, linewidth=2)
        for size, value in zip(head_sizes, values, strict=True):
            axes.annotate(
                f"{value:.2f}",
                (size, value),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=INK,
            )
        label_line(axes, name, head_sizes[-1], values[-1])
    axes.set_xscale("log", base=2)
    axes.set_xticks(head_sizes, [str(size) for size in head_sizes])
    axes.set_xlim(head_sizes[0] / 1.4, head_sizes[-1] * 6)
    axes.set_ylim(0, 1.1)
    axes.set_xlabel("head_size")
    axes.set_ylabel("largest of 8 weights, mean")
    ends = ", ".join(f"{name} {values[-1]:.2f}" for name, values in largest.items())
    headline(axes, f"Largest weight at head_size {head_sizes[-1]}: {ends}")
    facts = "; ".join(
        f"{name}: {values[0]:.2f} at head size {head_sizes[0]}, {values[-1]:.2f} at {head_sizes[-1]}"
        for name, values in largest.items()
    )
    return describe(drawing, f"Mean largest weight. {facts}.")


def who_sees_whom(attention: Attention, query: Tensor, key: Tensor, words: Sequence[str]) -> "Figure":
    """The weights of the learner's attention as a table: a row for each word that asks.

    query, key (1, 1, sequence, size). Weights above the diagonal, on words that come later, are framed
    in red and counted in the title.
    """
    weights = single(weights_of(attention, query, key), words)
    drawing, axes = figure(7, 4.4)
    draw_weights(axes, weights, words)
    axes.set_xlabel("is seen (key)")
    axes.set_ylabel("asks (query)")
    verdict = seen_verdict(weights)
    headline(axes, f"Who sees whom: {verdict}", color=verdict_color(verdict))
    facts = "; ".join(f"{word}: {strongest(row, words)}" for word, row in zip(words, weights, strict=True))
    return describe(drawing, f"Who sees whom: {verdict}. Strongest in each row: {facts}.")


def one_query(attention: Attention, query: Tensor, key: Tensor, words: Sequence[str], asking: int) -> "Figure":
    """One row of `who_sees_whom`: the table with the row framed, and its weights as bars.

    query, key (1, 1, sequence, size); asking: the position of the word that asks.
    Raises IndexError when there is no such position.
    """
    if not 0 <= asking < len(words):
        raise IndexError(f"asking is {asking}; it must be a position from 0 to {len(words) - 1}")
    weights = single(weights_of(attention, query, key), words)
    row = weights[asking]
    drawing, (left, right) = figure(7, 2.9, columns=2)
    left.get_gridspec().set_width_ratios([2, 3])
    draw_weights(left, weights, words, numbers=False)
    frame(left, row=asking, columns=len(words), color=ORANGE)
    left.set_ylabel("asks (query)")
    headline(left, "all queries")
    left.tick_params(labelsize=8)

    later = len(words) - asking - 1
    colors = [RED if place > asking else ORANGE if place == asking else BLUE for place in range(len(words))]
    if later:
        right.axvspan(asking + 0.5, len(words) - 0.5, color=PALE)
        right.text(asking + 0.5 + later / 2, 1.05, "later", ha="center", color=INK)
    draw_shares(right, words, row.nan_to_num(0).tolist(), colors)
    right.set_ylim(0, 1.15)
    right.set_xlim(-0.5, len(words) - 0.5)
    right.set_ylabel("weight")
    message = f"“{words[asking]}” asks: {strongest(row, words)}"
    leak = row[asking + 1 :].sum().item()
    if leak > NOTHING:
        message += f"; later words {number(leak)}"
    headline(right, message, color=RED if leak > NOTHING else INK)
    return describe(
        drawing,
        f"{words[asking]!r} (position {asking}) asks. Weights: "
        + ", ".join(f"{word} {number(weight)}" for word, weight in zip(words, row, strict=True))
        + f". Words that come later: {later}, with {number(leak)} of the weight.",
    )


def split_heads(x: Tensor, split: Tensor, bare: Tensor) -> "Figure":
    """Which token's numbers each head gets, with `view` then `transpose` and with a bare `view`.

    x (sequence, embed), every number in it once; split, bare (heads, sequence, size), the same numbers.
    A cell has the colour of the token that its number comes from. Row i of a head belongs to token i:
    rows that hold another token's numbers are framed.
    """
    owner = {value: token for token, row in enumerate(x.tolist()) for value in row}
    if len(owner) != x.numel():
        raise ValueError("x holds a number twice; each must occur once, so that it can be followed")
    size = x.shape[-1] // len(split)
    for name, heads in (("split", split), ("bare", bare)):
        if heads.shape != (len(split), len(x), size):
            raise ValueError(
                f"{name} has shape {tuple(heads.shape)}; it must be (heads, sequence, head_size) "
                f"= {(len(split), len(x), size)}"
            )
    drawing, all_axes = figure(7, 2.7, columns=3)
    rows = split.shape[0] * split.shape[1]
    wrong = []
    panels = (x[None], split, bare)
    titles = ("x: one row a token", "view, then transpose", "bare view")
    for axes, heads, title in zip(all_axes, panels, titles, strict=True):
        wrong.append(draw_owned(axes, heads, owner, rows=rows))
        headline(axes, title)
    verdict = f"bare view: {wrong[2]} of {rows} wrong"
    headline(all_axes[2], verdict, color=RED if wrong[2] else INK)
    return describe(
        drawing,
        f"{len(x)} tokens of {x.shape[1]} numbers in {len(split)} heads of {size}. Rows that hold "
        f"another token's numbers: {wrong[1]} of {rows} with view then transpose, "
        f"{wrong[2]} of {rows} with a bare view.",
    )


def reach(module: Callable[[Tensor], Tensor], x: Tensor, words: Sequence[str]) -> "Figure":
    """Change one token at a time: how far does each output of the learner's module move?

    module: x (1, sequence, embed) -> same. Row i, column j: the largest change in output i when 1 is added
    to token j. Numbers that are not a number (NaN) are drawn and counted as nan: they neither move nor stay still.
    """
    if x.dim() != 3 or len(x) != 1:
        raise ValueError(f"x has shape {tuple(x.shape)}; it must be (1, sequence, embed)")
    require_words(words, x.shape[1:2])
    with torch.no_grad():
        before = module(x)
        require_shape("the module", before, x.shape)
        moved = torch.zeros(len(words), len(words), dtype=torch.float64)
        for token in range(len(words)):
            changed = x.clone()
            changed[:, token] += 1
            moved[:, token] = (module(changed) - before)[0].abs().amax(dim=-1)
    drawing, axes = figure(7, 4.4)
    draw_weights(axes, moved, words, limit=None)
    axes.set_xlabel("token that is changed")
    axes.set_ylabel("output that moves")
    leaks, silent, undefined = pairs_beyond(moved), pairs_missing(moved), int(moved.isnan().sum())
    pairs = len(words) * (len(words) + 1) // 2
    facts = [f"{leaks} earlier output{'s move' if leaks > 1 else ' moves'}" if leaks else "no earlier output moves"]
    if silent:
        facts.append(f"{silent} of the {pairs} that should move {'do' if silent > 1 else 'does'} not")
    if undefined:
        facts.append(f"{undefined} of {moved.numel()} are nan")
    verdict = "; ".join(facts)
    headline(
        axes,
        f"A token is changed: {verdict}" if len(facts) == 1 else f"{verdict[0].upper()}{verdict[1:]}",
        color=RED if leaks or silent or undefined else INK,
    )
    moving = int((moved.tril() >= NOTHING).sum())
    return describe(
        drawing,
        f"A token is changed: {verdict}. Of the {pairs} outputs at or after the changed token, {moving} move.",
    )


def work(lengths: Sequence[int], projections: Sequence[int], pairs: Sequence[int]) -> "Figure":
    """Multiply-adds of one attention layer by length: the four projections, and the pairs of tokens."""
    drawing, axes = figure(7, 3)
    for name, counts, color in (("projections", projections, BLUE), ("pairs of tokens", pairs, ORANGE)):
        axes.plot(lengths, counts, marker="o", color=color, linewidth=2)
        label_line(axes, name, lengths[-1], counts[-1])
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(lengths, [f"{length:,}" for length in lengths])
    axes.set_xlim(lengths[0] / 1.4, lengths[-1] * 5)
    axes.minorticks_off()
    axes.set_xlabel("tokens")
    axes.set_ylabel("multiply-adds")
    growth = [counts[-1] / counts[0] for counts in (projections, pairs)]
    headline(
        axes,
        f"{number(lengths[-1] / lengths[0])} times the tokens: {number(growth[0])} times the projections, "
        f"{number(growth[1])} times the pairs",
    )
    return describe(
        drawing,
        f"From {lengths[0]:,} to {lengths[-1]:,} tokens the projections grow {number(growth[0])} times, "
        f"the pairs of tokens {number(growth[1])} times.",
    )


def number(value: "Tensor | float") -> str:
    """Three significant digits, the same on every CPU; rounding errors are 0."""
    value = float(value)
    return "0" if abs(value) < NOTHING else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def strongest(row: Tensor, words: Sequence[str]) -> str:
    """The word with the largest weight, or "n words evenly"; weights that differ by rounding are equal."""
    if not row.isfinite().all():
        return "nan"
    top = (row >= row.max() - 1e-4).nonzero().flatten().tolist()
    name = words[top[0]] if len(top) == 1 else f"{len(top)} words evenly"
    return f"{name} {number(row.max())}"


def pairs_beyond(table: Tensor) -> int:
    """How many entries above the diagonal are not 0 (NaN does not count)."""
    return int((table.triu(1).abs() >= NOTHING).sum())


def pairs_missing(table: Tensor) -> int:
    """How many entries on or below the diagonal are 0."""
    return int((table[torch.ones_like(table, dtype=torch.bool).tril()].abs() < NOTHING).sum())


def seen_verdict(weights: Tensor) -> str:
    """What is wrong with a table of weights, in a few words, or that nothing is."""
    if weights.isnan().any():
        return f"{int(weights.isnan().any(-1).sum())} of {len(weights)} rows are not a number"
    leaks = pairs_beyond(weights)
    later = len(weights) * (len(weights) - 1) // 2
    if leaks:
        return f"{leaks} of {later} later words are seen"
    short = int(((weights.sum(-1) - 1).abs() > 1e-3).sum())
    return f"{short} of {len(weights)} rows do not sum to 1" if short else "no word sees a later one"


def verdict_color(verdict: str) -> str:
    return INK if verdict == "no word sees a later one" else RED


def draw_weights(
    axes: "Axes", table: Tensor, words: Sequence[str], numbers: bool = True, limit: float | None = 1.0
) -> None:
    """A square table in colour; 0 is pale, NaN is red; what is above the diagonal and not 0 is framed in red."""
    draw_table(axes, table, words, colored=True, numbers=numbers, limit=limit)
    later = table.triu(1).abs() >= NOTHING
    for row, column in later.nonzero().tolist():
        frame(axes, row=row, first=column, columns=1, color=RED)


def draw_table(
    axes: "Axes",
    table: Tensor,
    words: Sequence[str],
    colored: bool,
    numbers: bool = True,
    limit: float | None = 1.0,
) -> None:
    """A square table of numbers, a row and a column for each word; darkest and brightest at 0 and `limit`."""
    import matplotlib

    values = table.detach().double()
    limit = limit or max(values.nan_to_num(0).abs().max().item(), NOTHING)
    shades = matplotlib.colormaps[HEAT].with_extremes(bad=PALE)
    if colored:
        shown = values.masked_fill(values.abs() < NOTHING, float("nan")).numpy()
        axes.imshow(shown, cmap=shades, vmin=0, vmax=limit, aspect="auto")
    else:
        axes.imshow(values.new_full(values.shape, float("nan")).numpy(), cmap=shades, aspect="auto")
    if numbers:
        for row, line in enumerate(values.tolist()):
            for column, value in enumerate(line):
                text = cell_text(value)
                shade = shades(value / limit) if colored and abs(value) >= NOTHING else (1, 1, 1)
                bright = 0.299 * shade[0] + 0.587 * shade[1] + 0.114 * shade[2] > 0.5
                color = "white" if not bright else {"0": FAINT, "−∞": FAINT, "nan": RED}.get(text, INK)
                axes.text(column, row, text, ha="center", va="center", fontsize=9, color=color)
    axes.set_xticks(range(len(words)), words)
    axes.set_yticks(range(len(words)), words)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for edge in range(1, len(words)):
        axes.axvline(edge - 0.5, color="white", linewidth=1.5)
        axes.axhline(edge - 0.5, color="white", linewidth=1.5)


def cell_text(value: float) -> str:
    if not math.isfinite(value):
        return str(value).replace("-", "−").replace("inf", "∞")
    if abs(value - round(value)) < NOTHING:
        return f"{round(value)}"
    return f"{value:.2f}"


def draw_shares(
    axes: "Axes", words: Sequence[str], shares: list[float], colors: list[str], form: str = "{:.2f}"
) -> None:
    places = range(len(words))
    axes.bar(places, shares, color=colors, width=0.7)
    for place, share in zip(places, shares, strict=True):
        if abs(share) >= NOTHING:
            axes.annotate(form.format(share), (place, share), ha="center", va="bottom", fontsize=9, color=INK)
    axes.set_xticks(places, words)
    axes.tick_params(length=0)


def label_line(axes: "Axes", name: str, x: float, y: float) -> None:
    """The name of a line behind its last point."""
    axes.annotate(name, (x, y), xytext=(14, 0), textcoords="offset points", va="center", color=INK)


def draw_owned(axes: "Axes", heads: Tensor, owner: dict[int, int], rows: int) -> int:
    """Tables under each other, coloured by owner; returns how many rows hold another token's numbers."""
    from matplotlib.patches import Rectangle

    fills = ("#cce3f0", "#fbe6bf", "#c9ebe0", "#e6d5ea")
    wrong, y = 0, 0.0
    for head, table in enumerate(heads.tolist()):
        if len(heads) > 1:
            middle = y + (len(table) - 1) / 2
            axes.text(-0.75, middle, f"head {head}", rotation=90, ha="center", va="center")
        for token, row in enumerate(table):
            for x, value in enumerate(row):
                fill = fills[owner[value] % len(fills)]
                axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=fill, edgecolor="white"))
                axes.text(x, y, str(value), ha="center", va="center", color=INK)
            axes.text(len(row) - 0.3, y, f"token {token}", va="center", fontsize=9, color=INK)
            if any(owner[value] != token for value in row):
                frame(axes, row=y, columns=len(row), color=RED)
                wrong += 1
            y += 1
        y += 0.4
    axes.set_xlim(-1.1, 4.9)
    axes.set_ylim(rows + 0.1, -0.6)
    axes.set_axis_off()
    return wrong


def frame(axes: "Axes", row: float, columns: int, color: str, first: int = 0) -> None:
    from matplotlib.patches import Rectangle

    corner = (first - 0.46, row - 0.46)
    axes.add_patch(Rectangle(corner, columns - 0.08, 0.92, fill=False, edgecolor=color, linewidth=2, zorder=5))


def single(weights: Tensor, words: Sequence[str]) -> Tensor:
    """(1, 1, sequence, sequence) -> (sequence, sequence)."""
    if weights.shape[:2] != (1, 1):
        batch, heads = weights.shape[:2]
        raise ValueError(f"query has batch size {batch} and {heads} heads; the picture shows one of each")
    require_words(words, weights.shape[-2:])
    return weights[0, 0].double()


def require_words(words: Sequence[str], lengths: Sequence[int]) -> None:
    if any(length != len(words) for length in lengths):
        numbers = " x ".join(str(length) for length in lengths)
        raise ValueError(f"there are {len(words)} words for {numbers} numbers; they must match")


def require_shape(name: str, result: object, shape: torch.Size) -> None:
    if not isinstance(result, Tensor):
        raise TypeError(f"{name} returned {type(result).__name__}; it must return a tensor")
    if result.shape != shape:
        raise ValueError(f"{name} returned shape {tuple(result.shape)}; it must be {tuple(shape)}")
