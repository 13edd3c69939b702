"""Lesson 09: RotaryPositionalEncoding."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

from gpt2_ref.checks.engine import (
    HALVES,
    Exercise,
    Mistake,
    Probe,
    Symptom,
    all_close,
    close_gradient,
    diagnose,
    judge,
    tolerance,
)
from gpt2_ref.checks.learner import Trial, Wrong, belongings_kept, first_difference, no_trace
from gpt2_ref.checks.roles import trained
from gpt2_ref.checks.rotary_oracle import ROTARY_MISTAKES, Layout, right_rates, rotary

SIZE = 8
BASE = 10000.0
FAR = (12345, 0, 11, 12001, 10007)
"""Positions that no short table holds."""


class RotaryTrial(Trial):
    """A trial whose positions come once for each sequence of the batch, (batch, sequence), as a probe's inputs do."""

    def call(self, function: Callable, *inputs: Tensor, shape: tuple[int, ...] | None = None) -> Tensor:
        x, *positions = inputs
        try:
            return super().call(function, x, *(rows[0].clone() for rows in positions), shape=shape)
        except Wrong as wrong:
            wrong.facts += tuple(("positions", listed(rows[0])) for rows in positions)
            raise


def with_positions(check_property: Callable[[RotaryTrial], None]) -> Callable[[Trial], None]:
    """A property that is looked at in a RotaryTrial."""

    @functools.wraps(check_property)
    def look(trial: Trial) -> None:
        check_property(RotaryTrial(**vars(trial)))

    return look


def listed(positions: Tensor) -> str:
    numbers = positions.tolist()
    return str(numbers) if len(numbers) < 8 else f"[{numbers[0]}, {numbers[1]}, {numbers[2]}, ..., {numbers[-1]}]"


def for_all(positions: Sequence[int], x: Tensor) -> Tensor:
    """The positions once for each sequence of the batch."""
    return torch.tensor(list(positions)).repeat(len(x), 1)


# Called as a learner would


def any_sizes_and_positions(trial: RotaryTrial) -> None:
    """It takes any batch, heads and length, and any positions; the calls before do not matter."""
    with no_trace(torch.float32):
        module = trial.build(SIZE)
        for rows in (5, 7, 2, 1):
            must_run(trial, module, torch.randn(2, 3, rows, SIZE))
        must_run(trial, module, torch.randn(3, 5, 4, SIZE))
        must_run(trial, module, torch.randn(2, 5, 3, SIZE).transpose(1, 2))
        for positions in ((3, 4, 5, 6, 7), (5, 0, 9, 2, 2), (30,)):
            x = torch.randn(2, 3, len(positions), SIZE)
            must_run(trial, module, x, for_all(positions, x))
        x = torch.randn(2, 3, len(FAR), SIZE)
        for inputs in ((torch.randn(1, 1, 300, SIZE),), (x, for_all(FAR, x))):
            try:
                must_run(trial, module, *inputs)
            except Wrong as wrong:
                if wrong.slug in ("raises", "wrong-shape"):
                    raise Wrong("table-too-short", **dict(wrong.facts)) from wrong.__cause__
                raise
        must_run(trial, module, torch.randn(2, 3, 5, SIZE))
        keeps_half_precision(trial, module)


def must_run(trial: RotaryTrial, module: nn.Module, x: Tensor, *positions: Tensor) -> None:
    """Raise Wrong, under its name if it has one, unless the module takes these inputs."""
    try:
        trial.call(module, x, *positions)
    except Wrong as wrong:
        if wrong.slug not in ("raises", "wrong-shape"):
            raise
        slug = named_by_what_works(trial, wrong, x, *positions)
        raise (Wrong(slug, **dict(wrong.facts)) if slug else wrong) from wrong.__cause__


def named_by_what_works(trial: RotaryTrial, wrong: Wrong, x: Tensor, *positions: Tensor) -> str | None:
    """The mistake of a module that fails on these inputs, by what it does not fail on."""
    if runs(trial, x, *positions):
        return "stale-table"
    if positions:
        if isinstance(wrong.__cause__, IndexError):
            return "table-too-short" if runs(trial, x) else None
        if runs_with_offset(trial, x):
            return "offset-not-positions"
    # Positions along another axis fit where all axes are equally long.
    cubes = (torch.randn(rows, rows, rows, SIZE) for rows in (5, 6))
    oblong = torch.randn(2, 3, 5, SIZE)
    if runs(trial, oblong, *placed(oblong, positions)):
        return None
    return "wrong-axis" if all(runs(trial, x, *placed(x, positions)) for x in cubes) else None


def placed(x: Tensor, positions: Sequence[Tensor]) -> list[Tensor]:
    """Positions 0, 1, ... for x, none where none are wanted."""
    return [for_all(range(x.shape[2]), x)] if positions else []


def runs(trial: RotaryTrial, *inputs: Tensor) -> bool:
    """Whether a new module takes these inputs."""
    try:
        trial.call(trial.build(SIZE), *inputs)
    except Wrong:
        return False
    return True


def runs_with_offset(trial: RotaryTrial, x: Tensor) -> bool:
    """Whether a new module takes one whole number in place of the positions."""
    try:
        trial.run(trial.build(SIZE), x, 3, facts={})
    except Wrong:
        return False
    return True


def keeps_half_precision(trial: RotaryTrial, module: nn.Module) -> None:
    """A remark if x in 16 bits comes back in another dtype."""
    with contextlib.suppress(Wrong):
        came = trial.run(module, torch.randn(2, 3, 5, SIZE).bfloat16(), facts={})
        if isinstance(came, Tensor) and came.dtype != torch.bfloat16:
            dtype = str(came.dtype).removeprefix("torch.")
            trial.notes.append(f"x in bfloat16 comes back in {dtype}; result.to(x.dtype) would keep it")


def no_parameters(trial: RotaryTrial) -> None:
    """Nothing is learned: the angles follow from the positions."""
    module = trial.build(SIZE)
    trial.call(module, torch.randn(2, 3, 5, SIZE))
    if trained(module):
        shapes = ", ".join(f"{name} {tuple(p.shape)}" for name, p in module.named_parameters() if p.requires_grad)
        raise Wrong("has-parameters", expected="no parameter", yours=shapes)


# What turns with what


def turns_of(trial: RotaryTrial, module: nn.Module, size: int) -> Tensor:
    """What the module does to rows of a head, as matrices: (heads, sequence, size, size), result = matrix @ row.

    What it adds to rows of zeros is taken off.
    """
    units = torch.eye(size)[:, None, None].expand(size, 3, 5, size).contiguous()
    came = trial.call(module, units).detach() - trial.call(module, torch.zeros_like(units)).detach()
    return came.permute(1, 2, 3, 0)


def partners(turns: Tensor) -> Tensor:
    """Which entries ever mix: (size, size), True where the result's entry has to do with another entry of x."""
    mixing = (turns.abs() > 1e-6).flatten(0, 1).any(0)
    return mixing & ~torch.eye(len(mixing), dtype=torch.bool)


def pairs_in(turns: Tensor) -> Layout | None:
    """The pairs by their lower entry, None unless every entry mixes with exactly one other."""
    mixing = partners(turns)
    if not turns.isfinite().all() or not torch.equal(mixing, mixing.T) or not (mixing.sum(1) == 1).all():
        return None
    partner = mixing.int().argmax(1)
    lower = (partner > torch.arange(len(partner))).nonzero()[:, 0]
    return Layout(lower, partner[lower])


def angles_in(turns: Tensor, layout: Layout) -> Tensor:
    """The angle by which each pair turns from position 0 to position 1, from -pi to pi."""
    matrix = turns[0, 1]
    return torch.atan2(matrix[layout.second, layout.first], matrix[layout.first, layout.first])


def likely_layouts(turns: Tensor, size: int) -> list[Layout]:
    """The layouts that the module may have, the likeliest first."""
    pairs = pairs_in(turns)
    if pairs is None:
        usual = [Layout.halves(size), Layout.adjacent(size)]
        return [*usual, *(layout.back() for layout in usual)]
    angles = angles_in(turns, pairs)
    ahead = angles >= 0
    own_sense = Layout(torch.where(ahead, pairs.first, pairs.second), torch.where(ahead, pairs.second, pairs.first))
    one_sense = [pairs, pairs.back()] if ahead.sum() * 2 >= len(ahead) else [pairs.back(), pairs]
    return [own_sense.in_order(angles.abs().argsort(descending=True, stable=True)), *one_sense]


# Values

SETTINGS = ((SIZE, BASE), (6, 700.0), (2, BASE), (4, 500000.0), (64, BASE), (SIZE, 100.0))
"""Pairs (head_size, base). The second base is no power of the first: a fixed base would look like a wrong exponent."""


def probes(size: int) -> list[Probe]:
    def drawn(batch: int, heads: int, rows: int) -> Tensor:
        return torch.randn(batch, heads, rows, size)

    def counted(*shape: int) -> Probe:
        return Probe(f"x of shape {(*shape, size)}, no positions given", (drawn(*shape),))

    def standing(batch: int, heads: int, *positions: int) -> Probe:
        x = drawn(batch, heads, len(positions))
        words = f"x of shape {tuple(x.shape)}, positions {list(positions)}"
        return Probe(words, (x, for_all(positions, x)))

    transposed = torch.randn(2, 6, 3, size).transpose(1, 2)
    return [
        counted(2, 3, 5),
        standing(2, 3, 4, 0, 3, 9, 20),
        counted(3, 2, 7),
        standing(3, 2, 7, 8, 9, 10),
        counted(1, 5, 2),
        Probe(f"x of shape {tuple(transposed.shape)}, no positions given", (transposed,)),
        standing(1, 5, 5, 5, 2, 13, 0, 1, 6, 3, 8),
        counted(2, 1, 9),
        standing(2, 3, 11),
        counted(1, 1, 1),
        standing(1, 2, 3, 0),
        counted(2, 1, 40),
        counted(1, 3, 6),
    ]


def layout_of(trial: RotaryTrial, size: int, base: float) -> Layout:
    """The layout of a new module, once its values are known to be right."""
    return likely_layouts(turns_of(trial, trial.build(size, base=base), size), size)[0]


def values(trial: RotaryTrial) -> None:
    """Equal to the oracle in the module's own layout, for head sizes, bases and positions of all kinds."""
    for size, base in SETTINGS:
        with belongings_kept(trial.answer):
            module = trial.build(size, base=base)
            layouts = likely_layouts(turns_of(trial, module, size), size)
            tried = probes(size)
            layout = likeliest(trial, module, tried, layouts, base)
            judge_in(trial, module, tried, layout, base)
            if (size, base) == SETTINGS[0]:
                trial.notes.extend(remarks_on(layout, size))


def likeliest(trial: RotaryTrial, module: nn.Module, tried: list[Probe], layouts: list[Layout], base: float) -> Layout:
    """The layout in which the answer is right, else the first in which a known mistake explains it."""
    first = tried[:2]
    came = [trial.call(module, *probe.inputs).detach() for probe in first]

    def variant(layout: Layout, **choices) -> Iterator[Tensor]:
        return (rotary(*both(probe), layout, base, **choices) for probe in first)

    for layout in layouts:
        if all_close(came[0], next(variant(layout))):
            return layout
    for layout in layouts:
        if diagnose(came, functools.partial(variant, layout), ROTARY_MISTAKES, 0, pairs=False):
            return layout
    return layouts[0]


def both(probe: Probe) -> tuple[Tensor, Tensor | None]:
    """x and the positions of a probe, None where none are given."""
    x, *positions = probe.inputs
    return x, (positions[0][0] if positions else None)


def judge_in(trial: RotaryTrial, module: nn.Module, tried: list[Probe], layout: Layout, base: float) -> None:
    """Compare with the oracle that has this layout."""

    def variant(**choices) -> Iterator[Tensor]:
        return (rotary(*both(probe), layout, base, **choices) for probe in tried)

    size = tried[0].inputs[0].shape[-1]
    judge(trial, module, tried, variant, ROTARY_MISTAKES, looks(trial, module, tried, layout, size, base), module)


def looks(
    trial: RotaryTrial, module: nn.Module, tried: list[Probe], layout: Layout, size: int, base: float
) -> tuple[Symptom, ...]:
    """What to look for in a module that equals no known variant, on fresh modules where the calls before may matter."""
    fresh = functools.cache(lambda: turns_of(trial, trial.build(size, base=base), size))
    return (
        lambda: stale(trial, tried, layout, size, base),
        lambda: Wrong("low-precision") if trial.dtypes & set(HALVES) else None,
        lambda: adds_something(trial, module, size),
        lambda: heads_differ(fresh()),
        lambda: some_stay(fresh()),
        lambda: not_in_pairs(fresh()),
        lambda: moves_position_zero(fresh()),
        lambda: wrong_rates(fresh(), size, base),
        lambda: changes_length(fresh()),
    )


def stale(trial: RotaryTrial, tried: list[Probe], layout: Layout, size: int, base: float) -> Wrong | None:
    """Whether each probe is answered rightly by a module of its own."""
    for probe in tried:
        x, positions = both(probe)
        came = trial.call(trial.build(size, base=base), *probe.inputs).detach()
        if not all_close(came, rotary(x, positions, layout, base)):
            return None
    return Wrong("stale-table")


def adds_something(trial: RotaryTrial, module: nn.Module, size: int) -> Wrong | None:
    zeros = torch.zeros(1, 2, 5, size)
    came = trial.call(module, zeros).detach()
    if all_close(came, zeros):
        return None
    wanted, yours = first_difference(zeros, came, tolerance())
    return Wrong("sinusoids-added", where=f"x of zeros should stay zeros: {wanted}, and yours is {yours}")


def heads_differ(turns: Tensor) -> Wrong | None:
    for head in range(1, len(turns)):
        if not all_close(turns[head], turns[0]):
            row = next(row for row in range(turns.shape[1]) if not all_close(turns[head, row], turns[0, row]))
            return Wrong("heads-differ", where=f"row {row} of head {head} is turned otherwise than row {row} of head 0")
    return None


def some_stay(turns: Tensor) -> Wrong | None:
    """Whether some entries come out as they went in, at every position."""
    size = turns.shape[-1]
    moved = (turns[0] - torch.eye(size)).abs().amax(dim=(0, 2)) > 1e-9
    stay = (~moved).nonzero()[:, 0].tolist()
    if not 0 < len(stay) < size:
        return None
    entries = ", ".join(map(str, stay))
    return Wrong("some-not-turned", where=f"entries {entries} of each row come out as they went in, at every position")


def not_in_pairs(turns: Tensor) -> Wrong | None:
    mixing = partners(turns)
    odd = (mixing.sum(1) > 1).nonzero()[:, 0].tolist()
    if not turns.isfinite().all() or not odd:
        return None
    others = ", ".join(map(str, mixing[odd[0]].nonzero()[:, 0].tolist()))
    return Wrong(
        "not-in-pairs", where=f"entry {odd[0]} of the result depends on the entries {others} of x besides its own"
    )


def wrong_rates(turns: Tensor, size: int, base: float) -> Wrong | None:
    """Whether each pair turns, but by other angles than it should."""
    pairs = pairs_in(turns)
    if pairs is None or not all_close(turns @ turns.mT, torch.eye(size).expand_as(turns)):
        return None
    mine = angles_in(turns, pairs).abs().sort(descending=True).values
    right = right_rates(size, base).to(mine)
    if all_close(mine, right):
        return None
    expected, yours = (", ".join(f"{rate:.4g}" for rate in rates[:4].tolist()) for rates in (right, mine))
    more = ", ..." if len(right) > 4 else ""
    return Wrong(
        "wrong-rates", turns=f"row 1 should turn by {expected}{more} radians, and yours turns by {yours}{more}"
    )


def moves_position_zero(turns: Tensor) -> Wrong | None:
    right = torch.eye(turns.shape[-1])
    if all_close(turns[0, 0], right):
        return None
    return Wrong("moves-position-zero", where="row 0 stands at position 0, and comes out changed")


def changes_length(turns: Tensor) -> Wrong | None:
    """Whether some rows get longer or shorter."""
    for position, stretched in enumerate(torch.linalg.svdvals(turns[0])):
        if not all_close(stretched, torch.ones_like(stretched)):
            most = stretched[(stretched - 1).abs().argmax()]
            return Wrong("changes-length", where=f"at position {position} some rows of length 1 get length {most:.4g}")
    return None


def remarks_on(layout: Layout, size: int) -> list[str]:
    """What a right answer is told about the pairs and the way they turn."""
    sense = "yours turns from the second number of a pair to the first, the course's own from the first to the second"
    for name, usual in (("halves", Layout.halves(size)), ("adjacent pairs", Layout.adjacent(size))):
        if layout.same_as(usual):
            return []
        if layout.same_as(usual.back()):
            return [f"right, in the layout of {name}; {sense}"]
        if layout.lower_first().same_as(usual):
            return [f"right, in the layout of {name}; some of your pairs turn the other way than the others"]
    pairs = ", ".join(f"({a}, {b})" for a, b in zip(layout.first.tolist(), layout.second.tolist(), strict=True))
    return [f"right; the layout is your own: the pairs are {pairs}, the fastest first"]


# Far positions, the default base, several modules, gradients


def far_positions(trial: RotaryTrial) -> None:
    """Right for long texts and far positions, as far as float32 can tell such angles."""
    for size, base in ((SIZE, BASE), (64, 500000.0)):
        module, layout = trial.build(size, base=base), layout_of(trial, size, base)
        counted, placed = torch.randn(1, 2, 300, size), torch.randn(2, 1, len(FAR), size)
        for x, positions in ((counted, None), (placed, for_all(FAR, placed)), (counted[:, :, :5], None)):
            given = () if positions is None else (positions,)
            came = trial.call(module, x, *given).detach()
            where = torch.arange(x.shape[2]) if positions is None else positions[0]
            expected = rotary(x, where, layout, base)
            differs = (came - expected).abs() > allowance(x, where, layout, base)
            if differs.any():
                row = min(differs.nonzero()[:, 2].tolist(), key=lambda row: where[row].item())
                entry = differs[..., row, :].nonzero()[0].tolist()
                index = (*entry[:2], row, entry[2])
                mine, wanted = (f"{list(index)} = {tensor[index].item():.5g}" for tensor in (came, expected))
                raise Wrong(
                    "low-precision" if trial.dtypes & set(HALVES) else "far-positions",
                    input=f"x of shape {tuple(x.shape)}, positions {listed(where)}",
                    expected=wanted,
                    yours=mine,
                    where=f"the lowest position with a wrong result is {where[row].item()}",
                )


FLOAT32_ANGLE = 4e-6
"""How far an angle can be off that is computed in float32, as a share of the angle."""


def allowance(x: Tensor, positions: Tensor, layout: Layout, base: float) -> Tensor:
    """How far each entry of the result may be off: more for pairs that have turned far."""
    angles = positions[:, None] * right_rates(x.shape[-1], base)
    entries = torch.empty(len(positions), x.shape[-1])
    entries[:, layout.first] = entries[:, layout.second] = (tolerance() + FLOAT32_ANGLE * angles).to(entries)
    return entries * x.abs().amax() * 2


def default_base(trial: RotaryTrial) -> None:
    """Without a base of its own, the module uses 10000."""
    x = torch.randn(2, 3, 5, SIZE)
    module = trial.build(SIZE)
    layout = layout_of(trial, SIZE, BASE)
    came, right = trial.call(module, x).detach(), rotary(x, None, layout, BASE)
    if not all_close(came, right):
        expected, yours = first_difference(right, came, tolerance())
        raise Wrong("base-default", input="x of shape (2, 3, 5, 8)", expected=expected, yours=yours)


def modules_apart(trial: RotaryTrial) -> None:
    """Modules with other sizes and bases do not disturb each other."""
    settings = ((SIZE, BASE), (SIZE, 100.0), (4, BASE))
    layouts = []
    for size, base in settings:
        with belongings_kept(trial.answer):
            layouts.append(layout_of(trial, size, base))
    modules = [trial.build(size, base=base) for size, base in settings]
    for rows in (5, 9):
        for module, layout, (size, base) in zip(modules, layouts, settings, strict=True):
            x = torch.randn(2, 3, rows, size)
            built = f"{trial.name}({size}, base={base:g}), beside modules with other sizes and bases"
            facts = {"built": built, "input": f"x of shape {tuple(x.shape)}"}
            try:
                came = trial.call(module, x).detach()
            except Wrong as wrong:
                raise Wrong("shared-table", **(facts | dict(wrong.facts))) from wrong.__cause__
            right = rotary(x, None, layout, base)
            if not all_close(came, right):
                expected, yours = first_difference(right, came, tolerance())
                raise Wrong("shared-table", **facts, expected=expected, yours=yours)


def gradient(trial: RotaryTrial) -> None:
    """The gradient of x is turned back."""
    module, layout = trial.build(SIZE), layout_of(trial, SIZE, BASE)
    x = torch.randn(2, 3, 5, SIZE, requires_grad=True)
    close_gradient(trial.call(module, x), rotary(x, None, layout, BASE), {"x": x}, torch.randn(x.shape))


# The mistakes

SEEN_IN_CALLS = (
    Mistake(
        "has-parameters",
        "it has parameters that would be trained",
        "Which numbers here follow from positions and base alone? What keeps a tensor on a module without training it?",
    ),
    Mistake(
        "table-too-short",
        "it fails for positions beyond the end of a table",
        "How many rows has your table of angles, and what does it hold for the positions after the last?",
    ),
    Mistake(
        "offset-not-positions",
        "it takes one number to start from; asked for is one position for each row",
        "positions holds one number for each row of x. What has to be multiplied by the rates, then?",
    ),
    Mistake(
        "stale-table",
        "a table made for one call is used in a later call that needs another",
        "Your code keeps something from one call to the next. For which rows and positions was it made?",
    ),
    Mistake(
        "shared-table",
        "modules with other sizes or bases share a table",
        "What does your table depend on: positions, head_size, base? Which of them tells one table from another?",
    ),
    Mistake(
        "far-positions",
        "it is right for near positions and wrong for far ones",
        "What does your code do with a position beyond those that it expects: cut it off, wrap around, round it?",
    ),
    Mistake(
        "base-default",
        "the base is not 10000 when none is given",
        "Which default does the exercise's signature give to base?",
    ),
)

SEEN_IN_TURNS = (
    Mistake(
        "heads-differ",
        "the heads are not all turned alike",
        "Row 1 stands at position 1 in every head. Which number of your code differs from head to head?",
    ),
    Mistake(
        "some-not-turned",
        "only a part of each head turns",
        "How many pairs has a head of 8 numbers, and how many angles has your table for each position?",
    ),
    Mistake(
        "not-in-pairs",
        "an entry turns with more than one other",
        "Each number has one partner. Which numbers of x go into entry 0 of your result?",
    ),
    Mistake(
        "wrong-rates",
        "the pairs turn, but not at the rates of the exercise",
        "By how many radians should pair i turn from one position to the next: base**(-2i / head_size). And yours?",
    ),
    Mistake(
        "moves-position-zero",
        "position 0 does not come back as it went in",
        "What is the angle at position 0, and what is left of x after a turn by it?",
    ),
    Mistake(
        "changes-length",
        "the rows change their length",
        "A turn keeps a**2 + b**2 of every pair. Work one pair by hand: what is it before and after?",
    ),
)

EXERCISES = (
    Exercise(
        name="RotaryPositionalEncoding",
        lesson="09_rotary",
        form="class",
        properties=tuple(
            with_positions(check_property)
            for check_property in (
                any_sizes_and_positions,
                no_parameters,
                values,
                modules_apart,
                default_base,
                far_positions,
                gradient,
            )
        ),
        mistakes=(
            *ROTARY_MISTAKES,
            *SEEN_IN_CALLS,
            *SEEN_IN_TURNS,
            Mistake(
                "low-precision",
                "the angles are computed in half precision",
                "Which line names float16 or bfloat16, and how many different positions can it tell apart?",
            ),
        ),
        hints=(
            "Two tables first: the angle of row p and pair i is positions[p] * rate[i]. Which shape has it, and which "
            "axes of x does it have to meet?",
            "Take the first numbers of all pairs as one tensor and the second ones as another, each half as wide as x. "
            "A turn by an angle makes first * cos - second * sin, and second * cos + first * sin.",
            "rate = base ** (-torch.arange(0, head_size, 2) / head_size); angle = positions[:, None] * rate. With "
            "halves, first and second are x.chunk(2, dim=-1), and torch.cat puts the two results back.",
        ),
    ),
)
