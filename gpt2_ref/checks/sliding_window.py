"""Lesson 07: sliding_window_mask and SlidingWindowAttention."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gpt2_ref.checks.attention import (
    EMBED,
    HEADS,
    NAMED_BY_VARIANTS,
    Reach,
    module_gradient,
    reach,
    right_size,
    same_in_float32,
    side_by_side,
    silent_parameters,
)
from gpt2_ref.checks.engine import (
    Exercise,
    Mistake,
    Probe,
    all_close,
    batch_mixing,
    close_gradient,
    diagnose,
    judge,
    nondeterministic,
)
from gpt2_ref.checks.guesses import likely_weights
from gpt2_ref.checks.learner import (
    Blank,
    Trial,
    Wrong,
    belongings_kept,
    check_result,
    check_signature,
    is_empty,
    no_trace,
)
from gpt2_ref.checks.named_by_guess import Likely, recognised_by
from gpt2_ref.checks.roles import Unreadable, Weights, find_roles, randomise, trained
from gpt2_ref.checks.sliding_window_oracle import (
    WINDOW_MISTAKES,
    WINDOW_RULES,
    Seen,
    in_window,
    positions,
    showing,
    windowed,
)

# sliding_window_mask

SIZES = (
    (7, 3),
    (8, 4),
    (6, 2),
    (5, 1),
    (12, 5),
    (9, 8),
    (9, 9),
    (6, 10),
    (1, 1),
    (1, 3),
    (2, 1),
    (3, 2),
    (40, 7),
)
"""Pairs (length, window_size)."""


def mask_values(trial: Trial) -> None:
    """The right mask for even and odd windows, for windows of one token and for those as long as the text."""
    came = [mask_of(trial, length, window) for length, window in SIZES]
    right = [in_window(*positions(length), window) for length, window in SIZES]

    def variant(seen: Seen = in_window, **_: object) -> Iterator[Tensor]:
        return (seen(*positions(length), window, 1).double() for length, window in SIZES)

    for number, (mine, wanted) in enumerate(zip(came, right, strict=True)):
        if not torch.equal(mine, wanted):
            found = diagnose([mask.double() for mask in came], variant, MASK_MISTAKES, number, pairs=False)
            wrong = outside_the_window(Reach(mine, torch.zeros(len(mine), dtype=torch.bool)), SIZES[number][1])
            facts = {label: text for label, text in wrong.facts if label != "window"}
            facts["reach"] = facts["reach"].replace("does token j move the result of token i?", "is j seen by i?")
            wrong.facts = (("input", words_for(*SIZES[number])), *facts.items())
            raise Wrong(found[0].slug, **dict(wrong.facts)) if found else wrong
    if not torch.equal(mask_of(trial, *SIZES[0]), came[0]):
        raise Wrong("nondeterministic", input=words_for(*SIZES[0]))


def words_for(length: int, window: int) -> str:
    return f"length {length}, window_size {window}"


def mask_of(trial: Trial, length: int, window: int) -> Tensor:
    """The mask that the answer makes for these sizes: a boolean (length, length); or raise Wrong."""
    facts = {"input": words_for(length, window)}
    check_signature(trial.answer, (length, window), {}, "forward-arguments", {"asked": "sliding_window_mask(7, 3)"})
    mask = trial.run(trial.answer, length, window, facts=facts)
    if mask is None and is_empty(trial.answer):
        raise Blank(None, "not written yet")
    shape = (length, length)
    if isinstance(mask, Tensor) and tuple(mask.shape) == (window, window) != shape:
        raise Wrong("sizes-swapped", **facts, expected=f"shape {shape}", yours=f"shape {(window, window)}")
    if isinstance(mask, Tensor) and tuple(mask.shape) == shape and mask.dtype != torch.bool:
        numbers = ", ".join(f"{number:g}" for number in mask.unique().tolist()[:4])
        added = not mask.isfinite().all() or (mask < -1).any()
        slug = "additive-mask" if added else "not-boolean"
        raise Wrong(slug, **facts, expected="dtype torch.bool", yours=f"dtype {mask.dtype}, with the numbers {numbers}")
    check_result(mask, shape, torch.bool, facts)
    return mask.clone()


def outside_the_window(found: Reach, window: int) -> Wrong | None:
    """A fault if some query sees another token than those of its window, or not all of them, or is undefined."""
    length = len(found.moved)
    right = in_window(*positions(length), window)
    faults = (
        ("not-finite", found.undefined[:, None] & right, "the result of token {i} is not a number: what may it see?"),
        ("sees-the-future", (found.moved & ~right).triu(1), "token {j} comes after token {i}, which sees it"),
        ("misses-the-past", ~found.moved & right, "token {i} does not see token {j}"),
        ("sees-too-far", (found.moved & ~right).tril(), "token {i} sees token {j}, which is {back} tokens back"),
    )
    for slug, pairs, where in faults:
        if pairs.any():
            i, j = pairs.nonzero()[0].tolist()
            facts = {"window": str(window), "reach": side_by_side(found, right)}
            return Wrong(slug, **facts, where=where.format(i=i, j=j, back=i - j))
    return None


# SlidingWindowAttention

READ = 8
"""The window of the module whose weights are read: wide enough for the two tokens that this takes."""


@dataclass(frozen=True)
class InWindows:
    """Modules with the same weights and different windows as a function ``(x, windows) -> result``.

    windows (batch): the window, the same in every row.
    """

    modules: dict[int, nn.Module]


@dataclass
class WindowTrial(Trial):
    """A trial whose modules get a window as their last argument; the checks of attention need not know of it."""

    window: int = field(default=3)

    def build(self, *sizes: int, **options: float) -> nn.Module:
        return super().build(*(sizes if len(sizes) > 2 else (*sizes, self.window)), **options)

    def call(self, function: Callable, *inputs: Tensor, shape: tuple[int, ...] | None = None) -> Tensor:
        if not isinstance(function, InWindows):
            return super().call(function, *inputs, shape=shape)
        x, windows = inputs
        window = int(windows[0])
        try:
            return super().call(function.modules[window], x, shape=shape)
        except Wrong as wrong:
            wrong.facts += (("window", str(window)),)
            raise


def any_length(trial: WindowTrial) -> None:
    """Called in float32 as the learner would: texts of any length, shorter than the window and longer."""
    with no_trace(torch.float32):
        module = trial.build(EMBED, HEADS)

        def fault(length: int) -> Wrong | None:
            try:
                trial.call(module, torch.randn(2, length, EMBED))
            except Wrong as wrong:
                return wrong
            return None

        longer, whole, shorter, alone = (fault(length) for length in (5, 6, 2, 1))
        wrong = longer or shorter or alone
        if wrong is None:
            return
        if wrong.slug in ("raises", "wrong-shape") and None in (longer, whole):
            slug = "shorter-than-window" if longer is None else "only-whole-windows"
            raise Wrong(slug, **dict(wrong.facts)) from wrong.__cause__
        raise wrong


def weights_apart_from_window(trial: WindowTrial) -> None:
    """The window changes no weight: right_size looks at one window only."""
    counts = {window: sum(p.numel() for p in trained(built(trial, EMBED, HEADS, window))) for window in (3, 6)}
    if len(set(counts.values())) > 1:
        raise Wrong("weights-depend-on-window", yours=", ".join(f"window {w}: {n}" for w, n in counts.items()))


def built(trial: WindowTrial, embed_size: int, num_heads: int, window: int) -> nn.Module:
    """A module that has seen some input, so that all its parameters are there."""
    module = trial.construct(embed_size, num_heads, window)
    trial.call(module, torch.randn(2, 3, embed_size))
    return module


def tried_in_windows(embed_size: int, windows: tuple[tuple[int, int, int], ...]) -> list[Probe]:
    """Probes for these (batch, sequence, window), and one with large scores for the first window."""

    def probe(batch: int, sequence: int, window: int, spread: float = 1.0, slug: str | None = None) -> Probe:
        x = spread * torch.randn(batch, sequence, embed_size)
        words = f"x of shape {tuple(x.shape)}, drawn from N(0, {spread**2:g}), window_size {window}"
        return Probe(words, (x, torch.tensor([window] * batch)), slug)

    return [*(probe(*sizes) for sizes in windows), probe(2, 7, windows[0][2], 3.0, "large-scores")]


TRIED = (
    (
        (EMBED, HEADS),
        (
            (2, 7, 3),
            (3, 9, 4),
            (1, 8, 2),
            (2, 9, 1),
            (2, 6, 8),
            (1, 17, 5),
            (6, 4, 4),
            (2, 1, 3),
            (1, 1, 1),
            (2, 5, 30),
        ),
    ),
    ((15, 3), ((2, 5, 2), (1, 8, 4))),
    ((16, 8), ((2, 6, 3), (1, 3, 1))),
    ((64, 1), ((1, 7, 4), (2, 4, 1))),
    ((4, 4), ((2, 6, 5), (1, 2, 2))),
    ((4, 1), ((1, 9, 3), (1, 90, 7), (1, 130, 64), (1, 70, 100))),
)
"""For each (embed_size, num_heads): batch, sequence and window of what the answer is tried on."""


def window_values(trial: WindowTrial) -> None:
    """Equal to the oracle with the module's own weights, in windows of all kinds."""
    for (embed_size, num_heads), windows in TRIED:
        module = built(trial, embed_size, num_heads, READ)
        try:
            roles = find_roles(module, lambda x, module=module: trial.call(module, x), embed_size)
        except Unreadable:
            roles = None
        found = num_heads if roles is None else len(roles.query)
        if found != num_heads:
            slugs = {READ: "window-as-heads", 1: "single-head"}
            raise Wrong(
                slugs.get(found, "wrong-number-of-heads"),
                built=f"{trial.name}({embed_size}, {num_heads}, {READ})",
                expected=f"{num_heads} heads of {embed_size // num_heads}",
                yours=f"{found} of {embed_size // found}",
            )
        modules = {window: built(trial, embed_size, num_heads, window) for *_, window in windows}
        tried = tried_in_windows(embed_size, windows)
        if roles is None:
            judge_unreadable(trial, module, modules, tried, num_heads)
            continue
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        try:
            judge_windows(trial, with_weights_of(module, modules), roles.read(module), tried)
        except Wrong as wrong:
            if wrong.slug in NAMED_HERE:
                raise
            # To a mask that fills in a fixed score the biases of keys matter, which have no role: try without them.
            roles.zero_the_rest(module)
            judge_windows(trial, with_weights_of(module, modules), roles.read(module), tried)
            raise
        trial.window = windows[0][2]
        same_in_float32(trial, modules[trial.window], embed_size, num_heads)


def with_weights_of(module: nn.Module, others: dict[int, nn.Module]) -> dict[int, nn.Module]:
    """The others with the weights that the module has now."""
    for other in others.values():
        for mine, original in zip(trained(other), trained(module), strict=True):
            mine.data.copy_(original.data)
    return others


def judge_windows(trial: WindowTrial, modules: dict[int, nn.Module], weights: Weights, tried: list[Probe]) -> None:
    """Compare with the oracle that has these weights, in values and in gradients."""

    def variant(**choices) -> Iterator[Tensor]:
        LIKELY.require(choices)
        return (windowed(x, weights, int(windows[0]), **choices) for x, windows in (probe.inputs for probe in tried))

    embed_size = tried[0].inputs[0].shape[-1]
    looks = (
        lambda: one_mask_for_all(trial, modules, weights),
        lambda: sees_in_windows(trial, modules, embed_size),
        lambda: sees_in_long_texts(trial, modules, tried),
    )
    judge(trial, InWindows(modules), tried, variant, WINDOW_MISTAKES, looks, nn.ModuleList(modules.values()))
    window, module = next(iter(modules.items()))
    x = torch.randn(2, window + 3, embed_size, requires_grad=True)
    expected = windowed(x, weights, window)
    close_gradient(trial.call(module, x), expected, {"x": x}, torch.randn(x.shape))


def one_mask_for_all(trial: WindowTrial, modules: dict[int, nn.Module], weights: Weights) -> Wrong | None:
    """Whether each window is right as long as no module with another one has been used."""
    x = torch.randn(2, 7, weights.query.shape[-1] - 1)
    for window, module in modules.items():
        with belongings_kept(trial.answer):
            alone = trial.call(module, x).detach()
        if not all_close(alone, windowed(x, weights, window)):
            return None
    first, second = list(modules.values())[:2]
    with belongings_kept(trial.answer):
        trial.call(first, x)
        after = trial.call(second, x).detach()
    if all_close(after, windowed(x, weights, list(modules)[1])):
        return None
    return Wrong("shared-mask", where=f"window {list(modules)[1]} after window {next(iter(modules))}")


def sees_in_windows(trial: WindowTrial, modules: dict[int, nn.Module], embed_size: int) -> Wrong | None:
    """The fault of the first window in which a token sees what it should not, or not what it should."""
    for window, module in modules.items():
        x = torch.randn(1, min(window, 5) + 4, embed_size)
        wrong = outside_the_window(reach(lambda x, module=module: trial.call(module, x), x, axis=-2), window)
        if wrong is not None:
            return wrong
    return None


def sees_in_long_texts(trial: WindowTrial, modules: dict[int, nn.Module], tried: list[Probe]) -> Wrong | None:
    """The same in those texts that are too long to show who sees whom."""
    for x, windows in (probe.inputs for probe in tried if probe.inputs[0].shape[1] > 17):
        window = int(windows[0])
        small = x / x.shape[1]  # small scores, so that no weight vanishes
        wrong = outside_the_window(reach(lambda x, w=window: trial.call(modules[w], x), small, axis=-2), window)
        if wrong is not None:
            wrong.facts = tuple((label, text) for label, text in wrong.facts if label != "reach")
            return wrong
    return None


def judge_unreadable(
    trial: WindowTrial, module: nn.Module, modules: dict[int, nn.Module], tried: list[Probe], num_heads: int
) -> None:
    """Judge modules whose weights do not act as attention's, by guesses at where they are.

    Raises Wrong with a known variant if one fits, else with a symptom. A step in float32 can hide the roles of
    weights as well: an answer that equals the oracle under one of the guesses is right.
    """
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    for parameter in trained(module):
        if parameter.dim() == 1:
            parameter.data.zero_()
    with_weights_of(module, modules)
    embed_size = tried[0].inputs[0].shape[-1]
    looked_at = [*tried[:-1], Probe("one token", (torch.randn(2, 1, embed_size), tried[0].inputs[1]))]
    if (random := nondeterministic(trial, InWindows(modules), tried[0])()) is not None:
        raise random
    came = [trial.call(InWindows(modules), *probe.inputs).detach() for probe in looked_at]
    shown = sees_in_windows(trial, modules, embed_size)
    facts = {"input": tried[0].words, **(dict(shown.facts) if shown else {})}

    def oracle(number: int, guess: Weights, **choices) -> Tensor:
        x, windows = looked_at[number].inputs
        return windowed(x, guess, int(windows[0]), **choices)

    if any(result.isfinite().any() for result in came):
        found = recognised_by(came, oracle, likely_weights(module, embed_size, num_heads), WINDOW_MISTAKES)
        if isinstance(found, Mistake):
            raise Wrong(found.slug, **facts)
        silent = silent_parameters(trial, module, embed_size)() if found is not None else None
        if found is not None and silent is None:
            return judge_windows(trial, modules, found, tried)
    if not all(result.isfinite().all() for result in came):
        raise Wrong("not-finite", **facts)
    looks = (
        batch_mixing(trial, InWindows(modules), tried[0]),
        silent_parameters(trial, module, embed_size),
        lambda: shown,
    )
    generic = Wrong(None, "the result is not that of softmax attention in a window with these weights", **facts)
    raise next(filter(None, (look() for look in looks)), generic)


def with_window(check_property: Callable[[WindowTrial], None]) -> Callable[[Trial], None]:
    """A property of attention, looked at in modules that have a window."""

    @functools.wraps(check_property)
    def look(trial: Trial) -> None:
        try:
            check_property(WindowTrial(**vars(trial)))
        except Wrong as wrong:
            # The checks of attention build with two arguments and say so.
            built = f"{trial.name}({EMBED}, {HEADS})"
            wrong.facts = tuple(
                (label, f"{trial.name}({EMBED}, {HEADS}, 3)" if text == built else text) for label, text in wrong.facts
            )
            raise

    return look


# The mistakes

MASK_MISTAKES = (
    *WINDOW_RULES,
    Mistake(
        "no-mask",
        "the mask shows everything to everyone",
        "Which of the two conditions is True for all pairs: not later than the query, or not too far back?",
        showing(lambda query, key, window, heads: (query + key) >= 0),
    ),
    Mistake(
        "not-boolean",
        "the mask holds numbers, not True and False",
        "What does a comparison such as < return, and which method turns zeros and ones into it?",
    ),
    Mistake(
        "additive-mask",
        "the mask holds numbers to add to the scores; asked for are True and False",
        "Your numbers say how much a score changes. Which of the two values says that a key may be seen?",
    ),
    Mistake(
        "sizes-swapped",
        "the mask is window_size long and wide, not length",
        "How many rows has the mask: one for each token of the text, or one for each token of a window?",
    ),
    *(mistake for mistake in WINDOW_MISTAKES if mistake.slug in ("sees-the-future", "misses-the-past", "sees-too-far")),
)
LIKELY = Likely(WINDOW_MISTAKES)
NAMED_HERE = NAMED_BY_VARIANTS | {mistake.slug for mistake in WINDOW_MISTAKES if mistake.variants} | {"shared-mask"}

EXERCISES = (
    Exercise(
        name="sliding_window_mask",
        lesson="07_sliding_window",
        form="function",
        properties=(mask_values,),
        mistakes=MASK_MISTAKES,
        hints=(
            "Two conditions for query i and key j. One says that j is not later than i. What does the other say?",
            "Give the queries a column of positions and the keys a row. Their difference is a table of distances, "
            "i - j: which of its numbers are allowed?",
            "position = torch.arange(length); distance = position[:, None] - position[None, :]. A key is seen where "
            "the distance is at least 0 and smaller than window_size; & joins two masks.",
        ),
    ),
    Exercise(
        name="SlidingWindowAttention",
        lesson="07_sliding_window",
        form="class",
        properties=tuple(
            with_window(check_property)
            for check_property in (any_length, weights_apart_from_window, right_size, window_values, module_gradient)
        ),
        mistakes=WINDOW_MISTAKES,
        hints=(
            "All of MultiHeadSelfAttention stays, except for one thing: which scores are hidden before the softmax. "
            "Which line of your earlier answer is that?",
            "Keep window_size in __init__. In forward make the mask for the length of x, and hide every score where it "
            "is False, before the softmax over the keys.",
            "seen = sliding_window_mask(sequence, self.window_size); scores.masked_fill(~seen, float('-inf')). It "
            "is (sequence, sequence) and is the same for all texts and all heads.",
        ),
        needs=("sliding_window_mask", "causal_attention", "MultiHeadSelfAttention"),
    ),
)
