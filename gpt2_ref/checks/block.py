"""Lesson 03: PositionWiseFeedForward and GPT2Block."""

import contextlib
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from gpt2_ref.checks.attention import MODULE_MISTAKES, reach, sees_whom, shortened
from gpt2_ref.checks.block_guesses import Settings, explained
from gpt2_ref.checks.block_oracle import (
    FEED_FORWARD_MISTAKES,
    FORM_MISTAKES,
    BlockWeights,
    FeedForwardWeights,
    block,
    exact_gelu,
    feed_forward,
    gelu,
    layer_norm,
    normalised,
)
from gpt2_ref.checks.block_roles import (
    BlockRoles,
    FeedForwardRoles,
    find_block_roles,
    find_feed_forward_roles,
    lacks_scale_or_shift,
    plain_tokens,
    put,
)
from gpt2_ref.checks.engine import (
    HALVES,
    Exercise,
    Mistake,
    Probe,
    all_close,
    batch_mixing,
    close_gradient,
    distance,
    gradient_reaches,
    judge,
    nondeterministic,
    tolerance,
)
from gpt2_ref.checks.learner import Trial, Wrong, belongings_kept, first_difference, gradients, no_trace
from gpt2_ref.checks.roles import Unreadable, flat, randomise, trained

Call = Callable[[Tensor], Tensor]

# The bend alone


def bends_as(trial: Trial, came: Tensor, at: Tensor) -> tuple[Callable[[Tensor], Tensor], Wrong | None]:
    """The bend that gives the numbers that came, with the fault of one that is no form of GELU.

    One number in, one number out: so near to the bend, a mistyped digit shows.
    """
    near = 2e-6 if torch.get_default_dtype() == torch.float64 else 2e-5
    if (came - gelu(at)).abs().max() <= near:
        return gelu, None
    if (came - exact_gelu(at)).abs().max() <= near:
        note = "the exact form of GELU: right, within 0.0005 of the tanh form that GPT-2 was trained with"
        if note not in trial.notes:
            trial.notes.append(note)
        return exact_gelu, None
    known = [
        ((came - choices["bend"](at)).abs().max().item(), mistake, choices["bend"])
        for mistake in FEED_FORWARD_MISTAKES
        for choices in mistake.variants
        if choices.keys() == {"bend"}
    ]
    off, mistake, bend = min(known, key=lambda fit: fit[0])
    worst = (came - gelu(at)).abs().argmax()
    return bend if off <= near else gelu, Wrong(
        mistake.slug if off <= near else None,
        "" if off <= near else "the bend between the two layers is not GELU",
        input=f"a hidden unit that is {at[worst]:.4g} before the bend",
        expected=f"{gelu(at)[worst]:.5g} after it",
        yours=f"{came[worst]:.5g}",
    )


def measured_bend(
    trial: Trial, roles: FeedForwardRoles, numbers: Tensor, change: Callable, token: Tensor
) -> tuple[Callable[[Tensor], Tensor], Wrong | None]:
    """The bend of a feed-forward layer: unit i reads one number of the token and alone writes to place i.

    numbers: those of the whole module, of which this sets the feed-forward layer's; change(numbers) runs it.
    """
    count = min(roles.contract.shape)
    at = torch.linspace(-4.0, 3.5, count)
    for places in (roles.expand, roles.contract, roles.bias):
        numbers[places[places >= 0]] = 0.0
    reads = token.abs().argmax()
    numbers[roles.expand[:count, reads]] = at / token[reads]
    numbers[roles.contract.diagonal()] = 1.0
    return bends_as(trial, change(numbers).detach()[:count], at)


# PositionWiseFeedForward

EMBED, HIDDEN = 6, 20


def tried_on_any_axes(embed_size: int) -> list[Probe]:
    def drawn(*axes: int, times: float = 1.0) -> Probe:
        words = "drawn from N(0, 1)" if times == 1 else f"drawn from N(0, 1) and multiplied by {times:g}"
        shape = (*axes, embed_size)
        return Probe(f"x of shape {shape}, {words}, weights from N(0, 0.36)", (times * torch.randn(shape),))

    return [
        drawn(2, 5),
        drawn(3, 7),
        drawn(1, 1),
        drawn(2, 3, times=5.0),
        drawn(4),
        drawn(),
        drawn(2, 3, 4),
        drawn(2, embed_size),
        drawn(1, 40),
    ]


def plain_layer(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        module = trial.build(EMBED, HIDDEN)
        try:
            trial.call(module, torch.randn(2, 5, EMBED))
        except Wrong:
            refuse_reversed_sizes(trial)
            raise


def refuse_reversed_sizes(trial: Trial) -> None:
    """Raise Wrong if the layer works when its sizes are given the other way round, and only then."""
    try:
        trial.call(trial.build(HIDDEN, EMBED), torch.randn(2, 5, EMBED))
    except Wrong:
        return
    asked = f"{trial.name}({EMBED}, {HIDDEN}) for x that ends in {EMBED}"
    raise Wrong("constructor-arguments", asked=asked, yours="takes the hidden size first")


def right_layer_size(trial: Trial) -> None:
    """Two matrices of embed_size x hidden_size, each with or without a bias."""
    module = trial.construct(EMBED, HIDDEN)
    trial.call(module, torch.randn(2, 5, EMBED))
    numbers = len(flat(module)) if trained(module) else 0
    if numbers in with_biases(HIDDEN):
        return
    expected = f"2 x {EMBED} x {HIDDEN} = {2 * EMBED * HIDDEN} learnable numbers, and {HIDDEN} + {EMBED} for biases"
    wrong_size(trial, module, mistake_of_layer_size(numbers), numbers, f"{trial.name}({EMBED}, {HIDDEN})", expected)


def wrong_size(trial: Trial, module: nn.Module, slug: str, numbers: int, built: str, expected: str) -> None:
    """Raise Wrong about a number of parameters."""
    shapes = shortened([f"{name} {tuple(p.shape)}" for name, p in module.named_parameters()]) or "no parameter"
    raise Wrong(
        slug,
        "" if numbers else "it has no parameters",
        "" if numbers else "Where are the layers made? Those in a Python list are not found: nn.ModuleList keeps them.",
        built=built,
        expected=expected,
        yours=f"{numbers}: {shapes}",
    )


def with_biases(hidden: int, base: int = 0) -> set[int]:
    """How many numbers two layers with this many hidden units can have, and `base` more."""
    return {base + 2 * EMBED * hidden + some + more for some in (0, hidden) for more in (0, EMBED)}


def mistake_of_layer_size(numbers: int) -> str:
    """The mistake that a number of parameters tells."""
    full = EMBED * HIDDEN
    if numbers in with_biases(HIDDEN, -full):
        return "shared-weight"
    if numbers in {EMBED**2, EMBED**2 + EMBED}:
        return "layer-missing"
    if numbers in with_biases(HIDDEN, full) | with_biases(HIDDEN, full + HIDDEN):
        return "gated"
    if numbers in with_biases(HIDDEN, 2 * EMBED) | with_biases(HIDDEN, 2 * HIDDEN):
        return "layer-norm-inside"
    if any(numbers in with_biases(hidden) for hidden in (4 * EMBED, EMBED, 2 * EMBED, EMBED + HIDDEN)):
        return "hidden-size-ignored"
    return "wrong-parameter-count"


def layer_values(trial: Trial) -> None:
    """Equal to the oracle with the layer's own weights, for several sizes."""
    for embed_size, hidden_size in ((EMBED, HIDDEN), (8, 5), (7, 7), (5, 33)):
        module = trial.construct(embed_size, hidden_size)

        def call(x: Tensor, module: nn.Module = module) -> Tensor:
            return trial.call(module, x)

        probe = tried_on_any_axes(embed_size)[0]
        call(*probe.inputs)
        try:
            roles = find_feed_forward_roles(module, call, embed_size, hidden_size)
        except Unreadable:
            name_unreadable_layer(trial, module, embed_size, hidden_size)
            continue

        def bent(numbers: Tensor, module: nn.Module = module, size: int = embed_size, call: Call = call) -> Tensor:
            put(module, numbers)
            return call(torch.ones(1, 1, size))[0, 0]

        bend, odd = measured_bend(trial, roles, flat(module), bent, torch.ones(embed_size))
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        try:
            judge_layer(trial, module, roles.read(flat(module)), embed_size, bend)
        except Wrong as wrong:
            if odd is not None and wrong.slug is None:
                raise odd from None
            raise
        if odd is not None:
            raise odd
        remark_on_biases(trial, roles)
        layer_in_float32(trial, module, embed_size, hidden_size)


def judge_layer(trial: Trial, module: nn.Module, weights: FeedForwardWeights, embed_size: int, bend: Callable) -> None:
    """Compare with the oracle that has these weights, in values and in gradients."""
    tried = tried_on_any_axes(embed_size)

    def variant(**choices) -> Iterator[Tensor]:
        return (feed_forward(*probe.inputs, weights, **{"bend": bend, **choices}) for probe in tried)

    looks = (mixes_tokens(trial, module, embed_size),)
    judge(trial, module, tried, variant, FEED_FORWARD_MISTAKES, looks, module)
    x = torch.randn(2, 5, embed_size, requires_grad=True)
    right = feed_forward(x, weights, bend=bend)
    close_gradient(trial.call(module, x), right, {"x": x}, torch.randn(2, 5, embed_size))


def mixes_tokens(trial: Trial, module: nn.Module, embed_size: int) -> Callable[[], Wrong | None]:
    """A look whether one token moves the result of another."""

    def look() -> Wrong | None:
        found = reach(lambda x: trial.call(module, x), torch.randn(1, 5, embed_size), axis=-2).moved
        others = found & ~torch.eye(5, dtype=torch.bool)
        if not others.any():
            return None
        i, j = others.nonzero()[0].tolist()
        return Wrong("mixes-tokens", where=f"token {j} moves the result of token {i}")

    return look


def rounded(trial: Trial, answer: Callable, probe: Probe) -> Callable[[], Wrong | None]:
    """A look whether all results are numbers of 16 bits."""

    def look() -> Wrong | None:
        came = trial.call(answer, *probe.inputs).detach()
        whole = any(torch.equal(came, came.to(half).to(came)) for half in HALVES)
        return Wrong("low-precision") if whole or trial.dtypes & set(HALVES) else None

    return look


def name_unreadable_layer(trial: Trial, module: nn.Module, embed_size: int, hidden_size: int) -> None:
    """Raise Wrong for a layer whose weights do not act as those of two linear layers with a bend between them."""
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    for parameter in trained(module):
        if parameter.dim() == 1:
            parameter.data.zero_()
    tried = tried_on_any_axes(embed_size)
    came = trial.call(module, *tried[0].inputs).detach()
    settings = Settings(module, lambda x: trial.call(module, x), flat(module), (embed_size, 1, hidden_size))
    guesses = list(settings.feed_guesses())
    for weights in guesses:
        if all_close(came, feed_forward(*tried[0].inputs, weights)):
            judge_layer(trial, module, weights, embed_size, gelu)
            return refuse_odd_biases(trial, module, weights, tried[0])
    for weights in guesses:
        for mistake in FEED_FORWARD_MISTAKES:
            for choices in mistake.variants:
                if all_close(came, feed_forward(*tried[0].inputs, weights, **choices)):
                    raise Wrong(mistake.slug, input=tried[0].words)
    if (shown := nondeterministic(trial, module, tried[0])()) is not None:
        raise shown
    refuse_unconnected(trial, module, module, *tried[0].inputs)
    looks = (
        rounded(trial, module, tried[0]),
        batch_mixing(trial, module, tried[0]),
        mixes_tokens(trial, module, embed_size),
    )
    other = Wrong(None, "the result is not that of two linear layers with a GELU between them", input=tried[0].words)
    raise next(filter(None, (look() for look in looks)), other)


def refuse_odd_biases(trial: Trial, module: nn.Module, weights: FeedForwardWeights, probe: Probe) -> None:
    """Raise Wrong unless the vectors of a layer with these matrices act as the biases of its two linear layers."""
    generator = torch.Generator().manual_seed(1)
    vectors = [parameter for parameter in trained(module) if parameter.dim() == 1]
    for vector in vectors:
        vector.data.copy_(torch.randn(vector.shape, generator=generator))
    came = trial.call(module, *probe.inputs).detach()
    embed_size, hidden_size = weights.contract.shape
    inner, outer = (
        [torch.zeros(size), *(v.detach() for v in vectors if len(v) == size)] for size in (hidden_size, embed_size)
    )
    for first, second in itertools.product(inner, outer):
        expand = torch.cat([weights.expand[:, :-1], first[:, None]], dim=1)
        if all_close(came, feed_forward(*probe.inputs, FeedForwardWeights(expand, weights.contract, second))):
            return
    raise Wrong(
        None,
        "a bias is not just added once",
        "A linear layer gives x @ W plus its bias. What does your layer do with each of its biases?",
        input=probe.words,
    )


def refuse_unconnected(trial: Trial, module: nn.Module, call: Call, x: Tensor) -> None:
    """Raise Wrong if some parameters take no part, or get no gradient."""
    result = trial.call(call, x)
    named = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    found = gradients(result, list(named.values()))
    idle = {name: p for (name, p), gradient in zip(named.items(), found, strict=True) if gradient is None}
    for parameter in idle.values():
        parameter.data.mul_(2)
    moved = not all_close(trial.call(call, x).detach(), result.detach())
    for parameter in idle.values():
        parameter.data.div_(2)
    if moved:
        raise Wrong("detached", where=f"no gradient reaches {shortened(list(idle))}")
    if idle:
        raise Wrong("unused-parameters", where=f"nothing depends on {shortened(list(idle))}")


def remark_on_biases(trial: Trial, roles: FeedForwardRoles) -> None:
    """Remark on a layer without the biases that GPT-2 has."""
    missing = [name for name, places in (("first", roles.expand[:, -1]), ("second", roles.bias)) if (places < 0).any()]
    note = f"right; GPT-2's {' and '.join(missing)} linear layer of the feed-forward half has a bias, yours has none"
    if missing and note not in trial.notes:
        trial.notes.append(note)


def layer_in_float32(trial: Trial, module: nn.Module, *sizes: int) -> None:
    same_in_float32(trial, module, sizes, torch.randn(2, 5, sizes[0]))


def same_in_float32(trial: Trial, module: nn.Module, sizes: tuple[int, ...], x: Tensor) -> None:
    """Raise Wrong unless a module with the same weights gives the same in float32."""
    expected = trial.call(module, x).detach().float()
    with no_trace(torch.float32), belongings_kept(trial.answer):
        copy = trial.construct(*sizes)
        trial.call(copy, x.float())
        for mine, original in zip(trained(copy), trained(module), strict=True):
            mine.data.copy_(original.data)
        came = trial.call(copy, x.float()).detach()
        if not all_close(came, expected):
            wanted, yours = first_difference(expected, came, tolerance())
            slug = "not-finite" if not came.isfinite().all() else "low-precision"
            title = "in float32 the result is another one"
            raise Wrong(slug, title, input="x in float32", expected=wanted, yours=yours)


def new_layer(trial: Trial) -> None:
    """A new layer works as it is, and every parameter takes part."""
    module = trial.construct(EMBED, HIDDEN)
    works_as_it_is(trial, module, torch.randn(2, 4, EMBED))


def works_as_it_is(trial: Trial, module: nn.Module, x: Tensor) -> None:
    result = trial.call(module, x)
    if not result.isfinite().all():
        raise Wrong("not-finite", input="a new module with its own weights")
    named = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    gradient_reaches(result, named, slug="unused-parameters")


# GPT2Block

BLOCK_SIZES = ((24, 6, 40), (12, 2, 5), (8, 1, 32))
BLOCK_EMBED, BLOCK_HEADS, BLOCK_HIDDEN = BLOCK_SIZES[0]


def plain_block(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        module = trial.build(*BLOCK_SIZES[0])
        trial.call(module, torch.randn(2, 5, BLOCK_EMBED))
        trial.call(module, torch.randn(1, 1, BLOCK_EMBED))
        trial.call(module, torch.randn(1, 130, BLOCK_EMBED))


def block_values(trial: Trial) -> None:
    """Equal to the oracle with the block's own weights, for several sizes."""
    for sizes in BLOCK_SIZES:
        module = trial.construct(*sizes)
        trial.call(module, torch.randn(2, 3, sizes[0]))
        judge_block(trial, module, module, *sizes)
        x = torch.randn(2, 5, sizes[0])
        same_in_float32(trial, module, sizes, x)


def judge_block(trial: Trial, module: nn.Module, call: Call, embed_size: int, num_heads: int, hidden_size: int) -> None:
    """Raise Wrong unless `module` is a right GPT-2 block of these sizes. Changes its parameters.

    module: holds the parameters of the block and no others; any nn.Module, an nn.ParameterList too
    call:   runs the block, x (batch, sequence, embed) -> same; gradients flow to the parameters, and may flow to x
    """
    sizes = (embed_size, num_heads, hidden_size)

    def run(x: Tensor) -> Tensor:
        return trial.call(call, x)

    run(torch.randn(1, 2, embed_size))
    if not trained(module):
        wrong_size(trial, module, "wrong-parameter-count", 0, built_as(trial, sizes), expected_size(*sizes))
    start = flat(module)
    try:
        roles = find_block_roles(module, run, embed_size, hidden_size)
    except Unreadable:
        return judge_unreadable_block(trial, module, call, start, sizes)
    found = len(roles.attention.query)
    if found != num_heads:
        raise Wrong(
            "single-head" if found == 1 else "wrong-number-of-heads",
            built=built_as(trial, sizes),
            expected=f"{num_heads} heads of {embed_size // num_heads}",
            yours=f"{found} of {embed_size // found}",
        )
    bend, odd = measured_bend_of_block(trial, module, run, roles, embed_size)
    generator = torch.Generator().manual_seed(0)
    roles.randomise(module, generator)
    try:
        compare_block(trial, module, call, roles.read(module), sizes, bend)
    except Wrong as wrong:
        if wrong.slug in NAMED_BY_VARIANTS:
            raise
        # To a mask that fills in a fixed score the biases of keys matter, which have no role: try without them.
        roles.randomise(module, generator, biases=False)
        compare_block(trial, module, call, roles.read(module), sizes, bend)
        raise
    if odd is not None:
        raise odd
    if roles.shared_norm:
        raise Wrong("shared-layer-norm", built=built_as(trial, sizes))
    if len(roles.rest) > embed_size:
        wrong_size(trial, module, "unused-parameters", len(start), built_as(trial, sizes), expected_size(*sizes))
    remark_on_biases(trial, roles.feed)


def built_as(trial: Trial, sizes: tuple[int, ...]) -> str:
    return f"a block with embed_size, num_heads, hidden_size = {', '.join(map(str, sizes))}"


def expected_size(embed_size: int, num_heads: int, hidden_size: int) -> str:
    weights = 4 * embed_size**2 + 2 * embed_size * hidden_size
    return (
        f"{4 * embed_size**2} + {2 * embed_size * hidden_size} = {weights} learnable numbers in the matrices, "
        f"{4 * embed_size} in two layer norms, and those of the biases"
    )


def measured_bend_of_block(
    trial: Trial, module: nn.Module, run: Call, roles: BlockRoles, embed_size: int
) -> tuple[Callable[[Tensor], Tensor], Wrong | None]:
    """The bend of the block's feed-forward layer, its attention being silent."""
    numbers = flat(module)
    attention = roles.attention
    for places in (attention.output, attention.output_bias, roles.first.shift, roles.second.shift):
        numbers[places[places >= 0]] = 0.0
    for norm in (roles.first, roles.second):
        numbers[norm.scale] = 1 - norm.offset
    token = plain_tokens(1, embed_size, torch.Generator().manual_seed(0))

    def change(numbers: Tensor) -> Tensor:
        put(module, numbers)
        return (run(token) - token)[0, 0]

    return measured_bend(trial, roles.feed, numbers, change, token[0, 0])


def compare_block(
    trial: Trial, module: nn.Module, call: Call, weights: BlockWeights, sizes: tuple[int, int, int], bend: Callable
) -> None:
    """Compare with the oracle that has these weights, in values and in gradients."""
    embed_size = sizes[0]
    tried = tried_on_blocks(embed_size, long=sizes[1] == 1)

    def variant(**choices) -> Iterator[Tensor]:
        return (block(*probe.inputs, weights, **{"bend": bend, **choices}) for probe in tried)

    suspects = suspected(trial, call, tried, variant)
    judge(trial, call, tried, variant, suspects, (sees_of(trial, call, embed_size),), module)
    x = torch.randn(2, 6, embed_size, requires_grad=True)
    came = trial.call(call, x)
    if came.requires_grad:
        close_gradient(came, block(x, weights, bend=bend), {"x": x}, torch.randn(2, 6, embed_size))


def suspected(trial: Trial, call: Call, tried: list[Probe], variant: Callable) -> list[Mistake]:
    """The mistakes that explain what a block does, each with one choice of arguments; none if the block is right.

    There are too many pairs of mistakes to try all; those that hide in the other half of the block are tried.
    """
    came = []
    with contextlib.suppress(Wrong):
        came = [trial.call(call, *probe.inputs).detach() for probe in tried]
    if distance(came, variant, {}) < math.inf:
        return []
    one_each = [(mistake, choices) for mistake in BLOCK_MISTAKES for choices in mistake.variants]
    for mistake, choices in one_each:
        if distance(came, variant, choices) < math.inf:
            return [dataclasses.replace(mistake, variants=(choices,))]
    of_attention = [(mistake, choices) for mistake in ATTENTION_MISTAKES for choices in mistake.variants[:2]]
    of_others = [(m, choices) for m in (*FORM_AND_NORM_MISTAKES, *FEED_FORWARD_MISTAKES) for choices in m.variants[:1]]
    for (mistake, choices), (other, more) in itertools.product(of_attention, of_others):
        if distance(came, variant, {**choices, **more}) < math.inf:
            return [dataclasses.replace(m, variants=(c,)) for m, c in ((other, more), (mistake, choices))]
    return []


def tried_on_blocks(embed_size: int, long: bool) -> list[Probe]:
    """x for blocks; `long` adds a long text."""

    def drawn(*axes: int, times: float = 1.0) -> Probe:
        words = "drawn from N(0, 1)" if times == 1 else f"drawn from N(0, 1) and multiplied by {times:g}"
        shape = (*axes, embed_size)
        return Probe(f"x of shape {shape}, {words}, weights from N(0, 0.36)", (times * torch.randn(shape),))

    return [
        drawn(2, 5),
        drawn(3, 7),
        drawn(2, 1),
        drawn(1, 17),
        drawn(6, 4),
        drawn(1, 1),
        *([drawn(1, 130)] if long else []),
        drawn(2, 5, times=10.0),
        drawn(2, 5, times=0.003),
        Probe(
            f"x of shape (2, 3, {embed_size}), the same number in every place", (torch.full((2, 3, embed_size), 1.5),)
        ),
    ]


def sees_of(trial: Trial, call: Call, embed_size: int) -> Callable[[], Wrong | None]:
    """The reach of a block, when asked for."""
    return lambda: sees_whom(reach(lambda x: trial.call(call, x), torch.randn(1, 5, embed_size), axis=-2))


def judge_unreadable_block(
    trial: Trial, module: nn.Module, call: Call, start: Tensor, sizes: tuple[int, int, int]
) -> None:
    """Judge a block whose weights do not act as those of two halves, each of which adds something to its input.

    Raises Wrong with a known mistake if one explains what it does, else with a symptom. A block that shows none is let
    through if it is right as far as its weights can be guessed, or if they cannot be guessed and it has the exact
    properties of a right one: its style may be one that cannot be read.
    """
    embed_size = sizes[0]
    put(module, start)
    probe = tried_on_blocks(embed_size, long=False)[0]
    if (shown := nondeterministic(trial, call, probe)()) is not None:
        raise shown
    settings = Settings(module, lambda x: trial.call(call, x), start, sizes)
    named = explained(settings, FORM_AND_NORM_MISTAKES, FEED_FORWARD_MISTAKES, ATTENTION_MISTAKES)
    if isinstance(named, Mistake):
        raise Wrong(named.slug, input=f"x of shape (2, 4, {embed_size}), some weights 0 and the others from N(0, 0.36)")
    refuse_form(trial, settings)
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    numbers = len(start)
    if (slug := mistake_of_block_size(numbers, *sizes)) is not None:
        wrong_size(trial, module, slug, numbers, built_as(trial, sizes), expected_size(*sizes))
    refuse_unconnected(trial, module, call, probe.inputs[0])
    looks = (
        rounded(trial, call, probe),
        batch_mixing(trial, call, probe),
        sees_of(trial, call, embed_size),
    )
    shown = next(filter(None, (look() for look in looks)), None)
    if shown is not None:
        raise shown
    if (slug := fault_of_norms(trial, settings)) is not None:
        raise Wrong(slug, built=built_as(trial, sizes))
    with contextlib.suppress(Unreadable):
        if lacks_scale_or_shift(module, settings.call, embed_size, sizes[2]):
            wrong_size(trial, module, "scale-or-shift-missing", numbers, built_as(trial, sizes), expected_size(*sizes))
    if named is False or not has_form_of_block(settings):
        raise Wrong(None, "the result is not that of a GPT-2 block with these weights", input=probe.words)


def refuse_form(trial: Trial, settings: Settings) -> None:
    """Raise Wrong for a form that shows when all weights are 0, the layer norms being as they start."""
    x = settings.inputs[1]
    (came,) = settings.results(torch.zeros_like(settings.of_feed), [x])
    expected, yours = first_difference(x, came, tolerance())
    facts = {"input": "x, all weights of attention and feed-forward being 0", "expected": expected, "yours": yours}
    centred = normalised(x)
    if all_close(came, torch.zeros_like(x)):
        raise Wrong("residual-missing", **facts)
    if (came - centred).abs().max() < 1e-3:
        raise Wrong("post-norm", **facts)
    if any(all_close(came, times * x) for times in (2, 3, 4)):
        raise Wrong("residual-twice", **facts)


def fault_of_norms(trial: Trial, settings: Settings) -> str | None:
    """The fault of a half that grows with the stream that it reads, or of a scale that both halves meet."""
    x = settings.inputs[1]
    (through,) = settings.results(torch.zeros_like(settings.of_feed), [x])
    parameters, met = trained(settings.module), []
    scales = [bool((part == 1).all()) for part in settings.neutral.split([p.numel() for p in parameters])]
    for half in (settings.of_feed, settings.of_attention):
        small, large = (result - x for result, x in zip(settings.results(half, [x, 10 * x]), (x, 10 * x), strict=True))
        if all_close(through, x) and (large - small).abs().max() > small.abs().max() > 0:
            return "layer-norm-missing"
        slopes = gradients(trial.call(settings.call, x), parameters, torch.randn(x.shape))
        moves = [slope is not None and slope.abs().max() > 1e-6 for slope in slopes]
        met.append({number for number, scale in enumerate(scales) if scale and moves[number]})
    return "shared-layer-norm" if met[0] & met[1] else None


def has_form_of_block(settings: Settings) -> bool:
    """Whether weights of 0 let x through, and a half adds the same to a token that is 10 times as large."""
    x = settings.inputs[1]
    (through,) = settings.results(torch.zeros_like(settings.of_feed), [x])
    if not all_close(through, x):
        return False
    for half in (settings.of_feed, settings.of_attention):
        small, large = settings.results(half, [x, 10 * x])
        if not half.any() or ((small - x) - (large - 10 * x)).abs().max() > 1e-2:
            return False
    return True


def mistake_of_block_size(numbers: int, embed_size: int, num_heads: int, hidden_size: int) -> str | None:
    """The mistake that a number of parameters tells, None if it can be right."""
    full, feed = embed_size**2, 2 * embed_size * hidden_size

    def near(base: int, hidden: int = hidden_size) -> bool:
        return numbers - base in {count * embed_size + some for count in range(10) for some in (0, hidden)}

    if near(4 * full + feed):
        return None
    if near(4 * full, 0):
        return "feed-forward-lost"
    if near(feed):
        return "attention-lost"
    if near(4 * full + feed // 2):
        return "shared-weight"
    if near(4 * full + 2 * embed_size * 4 * embed_size, 4 * embed_size):
        return "hidden-size-ignored"
    if near(3 * full + feed):
        return "output-projection-missing"
    return "wrong-parameter-count"


def new_block(trial: Trial) -> None:
    """A new block works as it is, and every parameter takes part."""
    works_as_it_is(trial, trial.construct(*BLOCK_SIZES[0]), torch.randn(2, 4, BLOCK_EMBED))


# The mistakes

SHARED_WEIGHT = Mistake(
    "shared-weight",
    "both linear layers of the feed-forward half use the same matrix",
    "How many matrices are learned here, and of which shapes?",
)
HIDDEN_SIZE_IGNORED = Mistake(
    "hidden-size-ignored",
    "the layer between is not hidden_size wide",
    "On which line does hidden_size change what is built? It is not always 4 times embed_size.",
)
WRONG_PARAMETER_COUNT = Mistake(
    "wrong-parameter-count",
    "it has the wrong number of parameters",
    "Which layers does the exercise name, and of which sizes?",
)
UNUSED_PARAMETERS = Mistake(
    "unused-parameters",
    "some weights take no part",
    "On which line of forward is each of your layers used?",
)

LAYER_MISTAKES = (
    *FEED_FORWARD_MISTAKES,
    SHARED_WEIGHT,
    HIDDEN_SIZE_IGNORED,
    WRONG_PARAMETER_COUNT,
    UNUSED_PARAMETERS,
    Mistake(
        "layer-missing",
        "one of the two linear layers is missing",
        "Which layer widens from embed_size to hidden_size, and which one narrows again?",
    ),
    Mistake(
        "gated",
        "there are three matrices: a gate is part of later designs, not of GPT-2",
        "How many linear layers has GPT-2's feed-forward half?",
    ),
    Mistake(
        "mixes-tokens",
        "one token changes the result of another",
        "Which line looks at more than one token? Here every token goes its way alone.",
    ),
)

NORM_MISTAKES = (
    Mistake(
        "unbiased-variance",
        "the variance inside the layer norm is unbiased",
        "By what do you divide the sum of squares: by how many numbers there are, or by one less?",
        ({"norm": partial(layer_norm, correction=1)}, {"norm": partial(layer_norm, correction=1, outside=True)}),
    ),
    Mistake(
        "layer-norm-eps",
        "eps inside the layer norm is not 1e-5 added to the variance",
        "What does your layer norm make of a token whose numbers are tiny, or all equal?",
        (
            *({"norm": partial(layer_norm, eps=eps)} for eps in (0.0, 1e-6, 1e-12, 1e-8, 1e-3, 1e-4, 1e-2)),
            *({"norm": partial(layer_norm, eps=eps, outside=True)} for eps in (1e-5, 1e-6)),
        ),
    ),
)
FORM_AND_NORM_MISTAKES = (*FORM_MISTAKES, *NORM_MISTAKES)

NAMED_IN_BLOCKS = (
    "no-mask",
    "additive-zero-one-mask",
    "tiny-mask",
    "inverted-mask",
    "strict-mask",
    "mask-after-softmax",
    "scale-missing",
    "scale-embed",
    "scale-without-root",
    "scale-fixed",
    "softmax-wrong-axis",
    "softmax-missing",
    "key-unused",
    "value-unused",
    "heads-not-transposed",
    "heads-by-view",
    "merge-without-transpose",
    "output-projection-missing",
    "single-head",
    "wrong-number-of-heads",
    "sees-the-future",
    "misses-the-past",
)
ATTENTION_MISTAKES = tuple(mistake for mistake in MODULE_MISTAKES if mistake.slug in NAMED_IN_BLOCKS)
BLOCK_MISTAKES = (
    *FORM_AND_NORM_MISTAKES,
    *(mistake for mistake in FEED_FORWARD_MISTAKES if mistake.slug != "layer-norm-inside"),
    *ATTENTION_MISTAKES,
    SHARED_WEIGHT,
    HIDDEN_SIZE_IGNORED,
    WRONG_PARAMETER_COUNT,
    UNUSED_PARAMETERS,
    Mistake(
        "scale-or-shift-missing",
        "a layer norm has no scale or no shift",
        "Which two numbers are learned for each place of the embedding in a layer norm?",
    ),
    Mistake(
        "shared-layer-norm",
        "both halves use the same layer norm",
        "How many layer norms does a block have, and why might attention and feed-forward want different scales?",
    ),
)
NAMED_BY_VARIANTS = {mistake.slug for mistake in BLOCK_MISTAKES if mistake.variants}

EXERCISES = (
    Exercise(
        name="PositionWiseFeedForward",
        lesson="03_block",
        form="class",
        properties=(plain_layer, right_layer_size, layer_values, new_layer),
        mistakes=LAYER_MISTAKES,
        hints=(
            "Three steps, for every token alone: widen from embed_size to hidden_size, bend, narrow back to "
            "embed_size. Which of the three have weights?",
            "__init__: one nn.Linear from embed_size to hidden_size and one back. forward: the first, then GELU, then "
            "the second. The last axis is the only one that changes, so any axes may stand before it.",
            "GPT-2's GELU is 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))); F.gelu(x, approximate='tanh') is "
            "the same.",
        ),
    ),
    Exercise(
        name="GPT2Block",
        lesson="03_block",
        form="class",
        properties=(plain_block, block_values, new_block),
        mistakes=BLOCK_MISTAKES,
        hints=(
            "The stream x passes through and is only ever added to. What does each half read, and to what is its "
            "result added?",
            "__init__: two layer norms, one attention, one feed-forward layer. forward, first half: normalise x, let "
            "attention read that, add what it returns to x itself. The second half is built alike.",
            "With all weights of attention and feed-forward 0, a right block returns exactly x. Each half is one line: "
            "x = x + half(norm(x)), each with a layer norm of its own.",
        ),
        needs=("GPT2LayerNorm", "MultiHeadSelfAttention", "PositionWiseFeedForward", "causal_attention"),
    ),
)
