"""The pictures of lesson 08: which query heads share keys and values, read off from the learner's own module."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gpt2_ref.figures.attention import number, require_shape
from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILLS = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9", "#b3a600")
WHITE_ON = (BLUE, GREEN)
PALE = "#eef0f2"
ALONE = -1
"""The mark of a number that works together with no other."""
MOVES = 3e-5
"""A slope that moves by less than this part of the one that moves most has only been rounded."""
WIDTH = 84
"""Columns of numbers that fit side by side in the picture of a module's tables."""


def parameter_groups(module: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Which learnable numbers of a module work together, found from outside: name -> a mark for each number.

    x (batch, sequence, embed). Two numbers work together when the slope of one moves with the other. The result of
    attention is a sum over its heads, so numbers of heads that share nothing never do; a query head works together
    with the keys and values that it reads. Marks count from 0 in the order of the parameters; `ALONE` is a number
    that works together with none, as a bias at the end. The module is left as it was.
    """
    with torch.no_grad():
        require_shape("the module", module(x), x.shape)  # and lazy layers have their parameters from here on
    named = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    if not named:
        raise ValueError("the module has no learnable numbers")
    generator = torch.Generator().manual_seed(0)
    sizes = [parameter.numel() for parameter in named.values()]
    direction = torch.randn(x.shape, generator=generator)
    kept = [parameter.detach().clone() for parameter in named.values()]

    def slopes(values: Tensor) -> Tensor:
        fill(named.values(), values.split(sizes))
        with torch.enable_grad():
            total = (module(x) * direction).sum()
            found = torch.autograd.grad(total, list(named.values()), allow_unused=True, materialize_grads=True)
        return torch.cat([slope.flatten() for slope in found])

    try:
        marks = find_sets(slopes, sum(sizes), generator)
    finally:
        fill(named.values(), kept)
    pieces = marks.split(sizes)
    return {name: piece.view(parameter.shape) for (name, parameter), piece in zip(named.items(), pieces, strict=True)}


def find_sets(slopes: Callable[[Tensor], Tensor], many: int, generator: torch.Generator) -> Tensor:
    """A mark for each of `many` numbers, the same for numbers whose slopes move with each other's values.

    slopes: values (many,) -> (many,). A set grows from one number: move its members, add what notices, again.
    """
    base = 0.35 * torch.randn(many, generator=generator)
    at_base = slopes(base)

    def moved_by(members: Tensor) -> Tensor:
        step = torch.randn(many, generator=generator) * members
        step = step * max(0.7, 2 / step.norm().item())  # a lone number has to move far enough to be felt
        moves = (slopes(base + step) - at_base).abs()
        return ~(moves <= MOVES * moves.nan_to_num(0).max())  # what is not a number has moved

    everything = torch.ones(many, dtype=torch.bool)
    working = moved_by(everything) | moved_by(everything) | moved_by(everything)
    marks, mark = torch.full((many,), ALONE), 0
    while (left := working & (marks == ALONE)).any():
        members = torch.zeros(many, dtype=torch.bool)
        members[int(left.nonzero()[0])] = True
        quiet_rounds = 0
        while quiet_rounds < 2:
            larger = members | (moved_by(members) & left)
            quiet_rounds = quiet_rounds + 1 if torch.equal(larger, members) else 0
            members = larger
        marks[members] = mark
        mark += 1
    return marks


def sharing(module: nn.Module, x: Tensor, num_heads: int, num_groups: int) -> "Figure":
    """Who reads whose keys and values: as the rule has it, and in the learner's module; and what a cache keeps.

    x (batch, sequence, embed). Above, the rule: a line from each query head to its key/value head, and beside it the
    numbers that a cache keeps of a token. Below, the tables of the module's own parameters: numbers that work together
    (`parameter_groups`) have one letter. The line above them is red unless there are `num_groups` letters.
    """
    if num_groups < 1 or num_heads % num_groups:
        raise ValueError(f"num_groups is {num_groups}; it must divide num_heads = {num_heads}")
    found = parameter_groups(module, x)
    letters = 1 + max(int(marks.max()) for marks in found.values())
    tables = {name: as_table(marks, x.shape[-1]) for name, marks in found.items() if marks.dim() > 1}
    tables = tables or {name: as_table(marks, x.shape[-1]) for name, marks in found.items()}
    places, height = placed([table.shape for table in tables.values()])

    inches = 7 / WIDTH * height
    drawing, ((left, right), (below, unused)) = figure(7, 2.4 + inches, rows=2, columns=2)
    grid = left.get_gridspec()
    grid.set_height_ratios([2.1, 0.3 + inches])
    grid.set_width_ratios([3, 2])
    unused.remove()
    below.set_subplotspec(grid[1, :])

    draw_wiring(left, [head // (num_heads // num_groups) for head in range(num_heads)])
    headline(left, share_words(num_heads, num_groups))
    head_size = x.shape[-1] // num_heads
    divisors = [groups for groups in range(1, num_heads + 1) if num_heads % groups == 0]
    draw_kept(right, {groups: 2 * groups * head_size for groups in divisors}, num_groups)
    headline(right, "kept of a token, in a layer")

    draw_tables(below, tables, places, height)
    verdict = f"in your module, {count(letters, 'set')} of numbers that work together"
    fault = "" if letters == num_groups else f"; {num_groups} expected"
    headline(below, verdict + fault, color=RED if fault else INK)
    kept = f"kept of a token in a layer: {2 * num_groups * head_size} of {2 * num_heads * head_size} numbers"
    facts = "; ".join(f"{name} {runs_in_words(table)}" for name, table in tables.items())
    return describe(drawing, f"{share_words(num_heads, num_groups)}; {kept}; {verdict}{fault}: {facts}.")


def wirings(ways: Mapping[str, Sequence[int]]) -> "Figure":
    """Which key/value head each query head reads, a panel for each way to spread them.

    ways: title -> the key/value head, from 0, of each query head.
    """
    drawing, _ = figure(7, 2.1, columns=len(ways))
    for axes, (title, owners) in zip(drawing.axes, ways.items(), strict=True):
        draw_wiring(axes, list(owners), labelled=axes is drawing.axes[0])
        headline(axes, f"{title}: {' '.join(LETTERS[owner] for owner in owners)}")
    facts = "; ".join(f"{title}: {', '.join(LETTERS[owner] for owner in owners)}" for title, owners in ways.items())
    return describe(drawing, f"Key/value head of query heads 0, 1, 2, ... {facts}.")


def cache_sizes(models: Mapping[str, tuple[float, float]], tokens: int) -> "Figure":
    """The bytes of the cache of one text, for each model with a key/value head per query head, and with its groups."""
    drawing, axes = figure(7, 0.9 + 0.62 * len(models))
    largest = max(full for full, _ in models.values())
    facts = []
    for row, (name, pair) in enumerate(models.items()):
        for offset, size, color, what in zip((-0.19, 0.19), pair, (GREY, ORANGE), ("all heads", "groups"), strict=True):
            axes.barh(row + offset, size, height=0.34, color=color)
            axes.text(size + largest / 90, row + offset, f"{what} {in_bytes(size)}", va="center", fontsize=9, color=INK)
        facts.append(f"{name}: {in_bytes(pair[0])} with all heads, {in_bytes(pair[1])} with groups")
    axes.set_yticks(range(len(models)), list(models))
    axes.set_ylim(len(models) - 0.5, -0.5)
    axes.set_xlim(0, largest * 1.3)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    headline(axes, f"Cache of one text of {tokens:,} tokens")
    return describe(drawing, f"Cache of one text of {tokens:,} tokens. {'; '.join(facts)}.")


def milliseconds(ways: Mapping[str, float], tokens: int) -> "Figure":
    """Measured time of the attention of one new token, a bar for each way; the others compare with the first."""
    drawing, axes = figure(7, 0.8 + 0.4 * len(ways))
    slowest, first = max(ways.values()), next(iter(ways.values()))
    for row, time in enumerate(ways.values()):
        axes.barh(row, time, height=0.7, color=GREY if row == 0 else ORANGE if time <= first else RED)
        ratio = "" if row == 0 else f", {number(first / time)} times as fast" if time <= first else ""
        slower = f", {number(time / first)} times as slow" if time > first else ""
        axes.text(time + slowest / 90, row, f"{time:.2f} ms{ratio}{slower}", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(ways)), list(ways))
    axes.set_ylim(len(ways) - 0.5, -0.5)
    axes.set_xlim(0, slowest * 1.55)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    headline(axes, f"One new token against {tokens:,} cached ones")
    facts = "; ".join(f"{way}: {time:.2f}" for way, time in ways.items())
    return describe(drawing, f"Milliseconds for one new token against {tokens:,} cached ones. {facts}.")


@torch.no_grad()
def fill(parameters: Iterable[Tensor], values: Sequence[Tensor]) -> None:
    for parameter, numbers in zip(parameters, values, strict=True):
        parameter.copy_(numbers.view(parameter.shape))


def as_table(marks: Tensor, embed_size: int) -> Tensor:
    """Marks of any shape as rows and columns, cut where they make the fewest stripes, then the squarest table."""
    marks = marks.squeeze()
    if marks.dim() < 2:
        return marks.reshape(-1, embed_size if marks.numel() % embed_size == 0 else marks.numel())

    def stripes_then_length(table: Tensor) -> tuple[int, int]:
        found = lines(table)
        return len(list(runs(found[1]))) if found else table.numel(), max(table.shape)

    cuts = (marks.reshape(prod(marks.shape[:cut]), -1) for cut in range(1, marks.dim()))
    return min(cuts, key=stripes_then_length)


def lines(table: Tensor) -> tuple[str, list[int]] | None:
    """("rows", the mark of each) where every row is all of one mark, the same for columns, None where neither is."""
    if (table == table[:, :1]).all():
        return "rows", table[:, 0].tolist()
    if (table == table[:1]).all():
        return "columns", table[0].tolist()
    return None


def runs(marks: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Neighbours of one mark: (mark, first, one past the last)."""
    for mark, places in groupby(range(len(marks)), key=lambda place: marks[place]):
        first, *others = places
        yield mark, first, first + len(others) + 1


def letter(mark: int) -> str:
    return "none" if mark == ALONE else LETTERS[mark % len(LETTERS)]


def runs_in_words(table: Tensor) -> str:
    found = lines(table)
    if found is None:
        return f"{tuple(table.shape)} mixed"
    axis, marks = found
    return f"{axis} " + " ".join(
        f"{first}{f'-{end - 1}' * (end - first > 1)} {letter(mark)}" for mark, first, end in runs(marks)
    )


def placed(shapes: Sequence[Sequence[int]]) -> tuple[list[tuple[float, float]], float]:
    """The corners (x, y) of tables of these shapes, side by side in as many lines as it takes; the height."""
    places, x, y, tallest = [], 0.0, 0.0, 0
    gap, title = 3, 3
    for rows, columns in shapes:
        if x and x + columns > WIDTH:
            x, y, tallest = 0.0, y + tallest + title, 0
        places.append((x, y + title))
        x += max(columns, 9) + gap
        tallest = max(tallest, rows)
    return places, y + tallest + title


def draw_tables(
    axes: "Axes", tables: Mapping[str, Tensor], places: Sequence[tuple[float, float]], height: float
) -> None:
    from matplotlib.patches import Rectangle

    for (name, table), (x, y) in zip(tables.items(), places, strict=True):
        rows, columns = table.shape
        room = max(columns, 9)
        axes.text(
            x, y - 0.6, name if len(name) <= room * 1.3 else "…" + name[-int(room * 1.3) :], fontsize=7, color=INK
        )
        axis, marks = lines(table) or ("", [])
        for mark, first, end in runs(marks):
            corner, size = ((x, y + first), (columns, end - first))
            if axis == "columns":
                corner, size = ((x + first, y), (end - first, rows))
            axes.add_patch(Rectangle(corner, *size, facecolor=color_of(mark), edgecolor="white", linewidth=0.8))
            middle = corner[0] + size[0] / 2, corner[1] + size[1] / 2
            if min(size) >= 2 and mark != ALONE:
                axes.text(*middle, letter(mark), ha="center", va="center", fontsize=8, color=ink_on(mark))
        if not axis:
            for row, line in enumerate(table.tolist()):
                for mark, first, end in runs(line):
                    axes.add_patch(Rectangle((x + first, y + row), end - first, 1, facecolor=color_of(mark)))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_aspect("equal", anchor="NW")
    axes.set_axis_off()


def draw_wiring(axes: "Axes", owners: Sequence[int], labelled: bool = True) -> None:
    """Query heads in a row, under them the key/value heads, a line from each to the one that it reads."""
    num_groups = max(owners) + 1
    step = len(owners) / num_groups
    for head, owner in enumerate(owners):
        below = (owner + 0.5) * step - 0.5
        axes.plot([head, below], [0, 1], color=color_of(owner), linewidth=2.5, zorder=1)
        draw_head(axes, head, 0, str(head), owner)
    for owner in range(num_groups):
        draw_head(axes, (owner + 0.5) * step - 0.5, 1, LETTERS[owner], owner)
    if labelled:
        for y, words in enumerate(("query\nheads", "key/value\nheads")):
            axes.text(-0.6, y, words, ha="right", va="center", fontsize=9, color=INK)
    axes.set_xlim(-1.9 if labelled else -0.6, len(owners) - 0.4)
    axes.set_ylim(1.4, -0.4)
    axes.set_axis_off()


def draw_head(axes: "Axes", x: float, y: float, words: str, owner: int) -> None:
    box = {"boxstyle": "round,pad=0.35", "facecolor": color_of(owner), "edgecolor": "none"}
    axes.text(x, y, words, ha="center", va="center", bbox=box, color=ink_on(owner), zorder=2)


def draw_kept(axes: "Axes", numbers: Mapping[int, int], chosen: int) -> None:
    names = [count(groups, "group") for groups in numbers]
    for row, (groups, size) in enumerate(numbers.items()):
        axes.barh(row, size, height=0.7, color=ORANGE if groups == chosen else GREY)
        axes.text(size, row, f" {size} numbers", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, max(numbers.values()) * 1.8)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def color_of(mark: int) -> str:
    return PALE if mark == ALONE else FILLS[mark % len(FILLS)]


def ink_on(mark: int) -> str:
    return "white" if color_of(mark) in WHITE_ON else INK


def share_words(num_heads: int, num_groups: int) -> str:
    return f"{count(num_heads, 'query head')}, {count(num_groups, 'key/value head')}"


def count(many: int, thing: str) -> str:
    return f"{many} {thing}{'' if many == 1 else 's'}"


def in_bytes(size: float) -> str:
    """Three digits in the largest unit that leaves a whole number in front: 36.9 MB, 1.07 GB."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{number(size / factor)} {unit}"
    return f"{number(size)} bytes"
