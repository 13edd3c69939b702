"""Lesson 02: causal_attention and MultiHeadSelfAttention."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gpt2_ref.checks.attention_oracle import (
    ATTENTION_MISTAKES,
    attention,
    self_attention,
    swap_size_and_heads,
    swap_the_last_axes,
    unchanged,
    view_as_heads,
    view_as_tokens,
    view_fused_as_heads,
)
from gpt2_ref.checks.engine import (
    Exercise,
    Mistake,
    Probe,
    all_close,
    batch_mixing,
    close_gradient,
    gradient_reaches,
    judge,
    nondeterministic,
    tolerance,
)
from gpt2_ref.checks.guesses import likely_weights, recognised
from gpt2_ref.checks.learner import Trial, Wrong, belongings_kept, first_difference, gradients, no_trace
from gpt2_ref.checks.roles import Unreadable, Weights, find_roles, flat, randomise, trained

# What the answers are tried on


def tried_on_heads() -> list[Probe]:
    def draw(*shape: int, spread: float = 1.0) -> tuple[Tensor, ...]:
        return spread * torch.randn(shape), spread * torch.randn(shape), torch.randn(shape)

    return [
        Probe("query, key, value of shape (2, 3, 5, 4), drawn from N(0, 1)", draw(2, 3, 5, 4)),
        Probe("query, key, value of shape (3, 2, 7, 6), drawn from N(0, 1)", draw(3, 2, 7, 6)),
        Probe("one token: query, key, value of shape (2, 3, 1, 4)", draw(2, 3, 1, 4)),
        Probe("query, key, value of shape (1, 2, 33, 3), drawn from N(0, 1)", draw(1, 2, 33, 3)),
        Probe("query, key, value of shape (1, 1, 4, 5), drawn from N(0, 1)", draw(1, 1, 4, 5)),
        Probe("query, key, value of shape (6, 9, 4, 64), drawn from N(0, 1)", draw(6, 9, 4, 64)),
        Probe("query, key, value of shape (1, 1, 130, 2), drawn from N(0, 1)", draw(1, 1, 130, 2)),
        Probe(
            "large scores: query and key of shape (2, 3, 5, 4), drawn from N(0, 36)",
            draw(2, 3, 5, 4, spread=6.0),
            slug="large-scores",
        ),
    ]


def tried_on_tokens(embed_size: int, long: bool = False) -> list[Probe]:
    """x for modules; `long` adds a long text."""
    many = [Probe(f"x of shape (1, 130, {embed_size}), drawn from N(0, 1)", (torch.randn(1, 130, embed_size),))]
    return [
        Probe(
            f"x of shape (2, 5, {embed_size}), drawn from N(0, 1), weights from N(0, 0.36)",
            (torch.randn(2, 5, embed_size),),
        ),
        Probe(
            f"x of shape (3, 7, {embed_size}), drawn from N(0, 1), weights from N(0, 0.36)",
            (torch.randn(3, 7, embed_size),),
        ),
        Probe(f"one token: x of shape (2, 1, {embed_size})", (torch.randn(2, 1, embed_size),)),
        Probe(f"x of shape (1, 17, {embed_size}), drawn from N(0, 1)", (torch.randn(1, 17, embed_size),)),
        Probe(f"x of shape (6, 4, {embed_size}), drawn from N(0, 1)", (torch.randn(6, 4, embed_size),)),
        Probe(f"one token of one text: x of shape (1, 1, {embed_size})", (torch.randn(1, 1, embed_size),)),
        *(many if long else ()),
        Probe(
            f"large scores: x of shape (2, 6, {embed_size}), drawn from N(0, 9)",
            (3 * torch.randn(2, 6, embed_size),),
            slug="large-scores",
        ),
    ]


# Symptoms: what is said of a wrong answer that equals no known variant


@dataclass(frozen=True)
class Reach:
    """moved (sequence, sequence): whether the result at position i moves when the input at position j does.

    undefined (sequence): the results that are NaN or infinite before anything is changed.
    """

    moved: Tensor
    undefined: Tensor


def reach(call: Callable[[Tensor], Tensor], x: Tensor, axis: int) -> Reach:
    """Change the input at one position after the other. `axis` is the axis of positions in x and in the result."""
    before = call(x)
    rows = []
    for position in range(x.shape[axis]):
        changed = x.clone()
        changed.select(axis, position).add_(torch.randn(changed.select(axis, position).shape))
        rows.append(by_position((call(changed) - before).abs() > 1e-9, axis))
    return Reach(torch.stack(rows, dim=1), by_position(~before.isfinite(), axis))


def by_position(flags: Tensor, axis: int) -> Tensor:
    return flags.transpose(axis, 0).flatten(1).any(1)


def sees_whom(found: Reach) -> Wrong | None:
    """A fault if some query is moved by a later token, or not by itself or an earlier one, or is undefined."""
    right = torch.ones_like(found.moved).tril()
    facts = {"reach": side_by_side(found, right)}
    if found.undefined.any():
        row = found.undefined.nonzero()[0].item()
        return Wrong("not-finite", **facts, where=f"the result of token {row} is not a number: what may it see?")
    if (found.moved & ~right).any():
        i, j = (found.moved & ~right).nonzero()[0].tolist()
        return Wrong("sees-the-future", **facts, where=f"token {j} comes after token {i} and moves its result")
    if (~found.moved & right).any():
        i, j = (~found.moved & right).nonzero()[0].tolist()
        return Wrong("misses-the-past", **facts, where=f"token {j} does not move the result of token {i}")
    return None


def side_by_side(found: Reach, right: Tensor) -> str:
    """The reach found and the right one as text, a line for each query."""

    def line(row: Tensor, undefined: bool = False) -> str:
        return " ".join("?" if undefined else "■" if sees else "·" for sees in row.tolist())

    width = 2 * len(right) - 1
    title = "row i, column j: does token j move the result of token i?"
    rows = zip(found.moved, found.undefined.tolist(), right, strict=True)
    pictures = [f"{line(mine, undefined)}    {line(wanted)}" for mine, undefined, wanted in rows]
    return "\n".join([title, f"{'yours':<{width}}    expected", *pictures])


# causal_attention


def plain_function(trial: Trial) -> None:
    """Right in float32, as the learner would call it."""
    with no_trace(torch.float32):
        judge_function(trial, tried_on_heads()[:6])


def function_values(trial: Trial) -> None:
    """Equal to the oracle: several sizes, one token, large scores."""
    judge_function(trial, tried_on_heads())


def judge_function(trial: Trial, tried: list[Probe]) -> None:
    def variant(**choices) -> Iterator[Tensor]:
        return (attention(*probe.inputs, **choices) for probe in tried)

    def sees() -> Wrong | None:
        def call(x: Tensor) -> Tensor:
            return trial.call(trial.answer, *x, shape=tuple(x.shape[1:]))

        return sees_whom(reach(call, torch.randn(3, 1, 2, 5, 4), axis=-2))

    judge(trial, trial.answer, tried, variant, FUNCTION_MISTAKES, (sees,))


def large_scores(trial: Trial) -> None:
    """Remark on a softmax that is right until its scores are too large for float32."""
    with no_trace(torch.float32):
        inputs = (10 * torch.ones(1, 1, 2, 4), 10 * torch.ones(1, 1, 2, 4), torch.ones(1, 1, 2, 4))
        if not trial.call(trial.answer, *inputs).isfinite().all():
            trial.notes.append(
                "right for ordinary scores; in float32, exp overflows for scores above 88: subtract the largest"
            )


def function_gradient(trial: Trial) -> None:
    """The gradients of query, key and value are those of the oracle."""
    inputs = {name: torch.randn(3, 2, 6, 4, requires_grad=True) for name in ("query", "key", "value")}
    weights = torch.randn(3, 2, 6, 4)
    result = trial.call(trial.answer, *inputs.values())
    gradient_reaches(result, inputs)
    close_gradient(result, attention(*inputs.values()), inputs, weights)


# MultiHeadSelfAttention

EMBED, HEADS = 24, 6


def plain_module(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        module = trial.build(EMBED, HEADS)
        trial.call(module, torch.randn(2, 5, EMBED))
        trial.call(module, torch.randn(1, 1, EMBED))


def right_size(trial: Trial) -> None:
    """Four projections of embed_size x embed_size, each with or without a bias."""
    module = trial.construct(EMBED, HEADS)
    trial.call(module, torch.randn(1, 2, EMBED))
    numbers = len(flat(module)) if trained(module) else 0
    full, size = EMBED**2, EMBED // HEADS
    if numbers in sums(4 * full, 4, EMBED):
        return
    idle = unconnected(trial, module)
    if numbers - sum(parameter.numel() for parameter in idle.values()) in sums(4 * full, 4, EMBED):
        raise Wrong("unused-parameters", where=f"nothing depends on {shortened(list(idle))}")
    shapes = shortened([f"{name} {tuple(p.shape)}" for name, p in module.named_parameters()]) or "no parameter"
    whole = all(parameter.numel() % full == 0 for parameter in module.parameters() if parameter.dim() > 1)
    expected = f"4 x {EMBED} x {EMBED} = {4 * full} learnable numbers, and {EMBED} more for each bias"
    raise Wrong(
        mistake_of_size(numbers, full, size, mixes_outputs(trial, module), whole),
        "" if numbers else "it has no parameters",
        "" if numbers else "Where are the layers made? Those in a Python list are not found: nn.ModuleList keeps them.",
        built=f"{trial.name}({EMBED}, {HEADS})",
        expected=expected,
        yours=f"{numbers}: {shapes}",
    )


def unconnected(trial: Trial, module: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that take no part in the result."""
    named = dict(module.named_parameters())
    result = trial.call(module, torch.randn(1, 3, EMBED))
    found = gradients(result, list(named.values())) if named else ()
    return {name: p for (name, p), gradient in zip(named.items(), found, strict=True) if gradient is None}


def sums(base: int, count: int, step: int) -> set[int]:
    return {base + step * number for number in range(count + 1)}


def mistake_of_size(numbers: int, full: int, size: int, mixes: bool, whole: bool) -> str:
    """The mistake that a number of parameters tells.

    mixes: there is an output projection; whole: every weight is one or more embed_size x embed_size matrices.
    """
    small = size**2
    if numbers in sums(3 * full, 3, EMBED) and not mixes:
        return "output-projection-missing"
    if whole and numbers in sums(3 * full, 3, EMBED) | sums(2 * full, 2, EMBED) | sums(full, 1, EMBED):
        return "shared-projection"
    for projections in (1, 3):
        for rest in (0, full, full + EMBED):
            one_head = (small, small + size, size * EMBED, size * EMBED + size)
            if numbers - rest in [projections * numbers_of_one for numbers_of_one in one_head]:
                return "one-projection-for-all-heads"
    for output in (0, full, HEADS * full):
        if numbers in sums(3 * HEADS * full + output, 3 * HEADS + 1, EMBED):
            return "heads-too-wide"
    return "wrong-parameter-count"


def mixes_outputs(trial: Trial, module: nn.Module) -> bool:
    """Whether some number moves several entries of one token's result, as a value behind an output projection does."""
    randomise(module, EMBED**-0.5, torch.Generator().manual_seed(0))
    result = trial.call(module, torch.randn(1, 1, EMBED))[0, 0]
    parameters = list(module.parameters())
    rows = [gradients(entry, parameters) for entry in result] if parameters else []
    columns = zip(*rows, strict=True)
    moved = [sum((gradient != 0).long() for gradient in column if gradient is not None) for column in columns]
    return any((torch.as_tensor(count) > 1).any() for count in moved)


def module_values(trial: Trial) -> None:
    """Equal to the oracle with the module's own weights, for several ways to divide an embedding among heads."""
    for embed_size, num_heads in ((EMBED, HEADS), (15, 3), (64, 1), (16, 8), (4, 4)):
        module = trial.construct(embed_size, num_heads)
        trial.call(module, torch.randn(2, 3, embed_size))
        try:
            roles = find_roles(module, lambda x, module=module: trial.call(module, x), embed_size)
        except Unreadable:
            judge_unreadable(trial, module, embed_size, num_heads)
            continue
        found = len(roles.query)
        if found != num_heads:
            raise Wrong(
                "single-head" if found == 1 else "wrong-number-of-heads",
                built=f"{trial.name}({embed_size}, {num_heads})",
                expected=f"{num_heads} heads of {embed_size // num_heads}",
                yours=f"{found} of {embed_size // found}",
            )
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        try:
            judge_module(trial, module, roles.read(module), embed_size)
        except Wrong as wrong:
            if wrong.slug in NAMED_BY_VARIANTS:
                raise
            # To a mask that fills in a fixed score the biases of keys matter, which have no role: try without them.
            roles.zero_the_rest(module)
            judge_module(trial, module, roles.read(module), embed_size)
            raise
        same_in_float32(trial, module, embed_size, num_heads)


def judge_module(trial: Trial, module: nn.Module, weights: Weights, embed_size: int) -> None:
    """Compare with the oracle that has these weights, in values and in gradients."""
    # A long text costs an answer that loops over pairs of tokens too much with more than one head.
    tried = tried_on_tokens(embed_size, long=len(weights.query) == 1)

    def variant(**choices) -> Iterator[Tensor]:
        return (self_attention(*probe.inputs, weights, **choices) for probe in tried)

    judge(trial, module, tried, variant, MODULE_MISTAKES, (sees_of(trial, module, embed_size),), module)
    x = torch.randn(2, 6, embed_size, requires_grad=True)
    close_gradient(trial.call(module, x), self_attention(x, weights), {"x": x}, torch.randn(2, 6, embed_size))


def same_in_float32(trial: Trial, module: nn.Module, embed_size: int, num_heads: int) -> None:
    """Raise Wrong unless a module with the same weights gives the same in float32."""
    x = torch.randn(2, 5, embed_size)
    expected = trial.call(module, x).detach().float()
    with no_trace(torch.float32), belongings_kept(trial.answer):
        copy = trial.construct(embed_size, num_heads)
        trial.call(copy, x.float())
        for mine, original in zip(trained(copy), trained(module), strict=True):
            mine.data.copy_(original.data)
        came = trial.call(copy, x.float()).detach()
        if not all_close(came, expected):
            wanted, yours = first_difference(expected, came, tolerance())
            slug = "not-finite" if not came.isfinite().all() else "low-precision"
            raise Wrong(
                slug, "in float32 the result is another one", input="x in float32", expected=wanted, yours=yours
            )


def sees_of(trial: Trial, module: nn.Module, embed_size: int) -> Callable[[], Wrong | None]:
    """The reach of a module, when asked for."""
    return lambda: sees_whom(reach(lambda x: trial.call(module, x), torch.randn(1, 5, embed_size), axis=-2))


def symptoms(trial: Trial, module: nn.Module, embed_size: int) -> tuple[Callable[[], Wrong | None], ...]:
    """What to look for in a module that equals no known variant."""
    probe = tried_on_tokens(embed_size)[0]
    return (
        nondeterministic(trial, module, probe),
        batch_mixing(trial, module, probe),
        silent_parameters(trial, module, embed_size),
        sees_of(trial, module, embed_size),
    )


def silent_parameters(trial: Trial, module: nn.Module, embed_size: int) -> Callable[[], Wrong | None]:
    """A look for weights that get no gradient: nothing depends on them, or something cuts the graph."""

    def look() -> Wrong | None:
        x = torch.randn(2, 4, embed_size)
        result = trial.call(module, x)
        named = {name: parameter for name, parameter in module.named_parameters() if parameter.dim() > 1}
        found = gradients(result, list(named.values()), result.detach())
        silent = [name for name, gradient in zip(named, found, strict=True) if gradient is None or not gradient.any()]
        if not silent:
            return None
        for name in silent:
            named[name].data.mul_(2)
        moved = not all_close(trial.call(module, x), result)
        for name in silent:
            named[name].data.div_(2)
        if moved:
            return Wrong("detached", where=f"no gradient reaches {shortened(silent)}")
        return Wrong("unused-parameters", where=f"nothing depends on {shortened(silent)}")

    return look


def shortened(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def judge_unreadable(trial: Trial, module: nn.Module, embed_size: int, num_heads: int) -> None:
    """Judge a module whose weights do not act as attention's, by guesses at where they are.

    Raises Wrong with a known variant if one fits, else with a symptom. A step in float32 can hide the roles of
    weights as well: an answer that equals the oracle under one of the guesses is right.
    """
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    for parameter in trained(module):
        if parameter.dim() == 1:
            parameter.data.zero_()
    tried = tried_on_tokens(embed_size)
    came = [trial.call(module, *probe.inputs).detach() for probe in tried[:3]]
    input_words = tried[0].words
    if any(result.isfinite().any() for result in came[:2]):
        inputs = [probe.inputs[0] for probe in tried[:3]]
        found = recognised(came, inputs, likely_weights(module, embed_size, num_heads), MODULE_MISTAKES)
        if isinstance(found, Mistake):
            raise Wrong(found.slug, input=input_words)
        silent = silent_parameters(trial, module, embed_size)() if found is not None else None
        if found is not None and silent is None:
            return judge_module(trial, module, found, embed_size)
    if not all(result.isfinite().all() for result in came):
        raise Wrong("not-finite", input=input_words)
    wrongs = (symptom() for symptom in symptoms(trial, module, embed_size))
    generic = Wrong(None, "the result is not that of softmax attention with these weights", input=input_words)
    raise next(filter(None, wrongs), generic)


def module_gradient(trial: Trial) -> None:
    """A new module works as it is: its result is finite, and every parameter takes part."""
    module = trial.construct(EMBED, HEADS)
    result = trial.call(module, torch.randn(2, 4, EMBED))
    if not result.isfinite().all():
        raise Wrong("not-finite", input="a new module with its own weights")
    named = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    gradient_reaches(result, named, slug="unused-parameters")


# The mistakes

FUNCTION_MISTAKES = ATTENTION_MISTAKES
MODULE_MISTAKES = (
    *(mistake for mistake in ATTENTION_MISTAKES if mistake.slug not in ("roles-swapped", "key-unused", "query-unused")),
    Mistake(
        "key-unused",
        "queries are compared with queries, or keys with keys: one of the two projections is not used",
        "Which two tensors make the scores?",
        ({"reads": (0, 0, 2)}, {"reads": (1, 1, 2)}),
    ),
    Mistake(
        "heads-not-transposed",
        "heads and sequence did not change places: attention runs over another axis than the tokens",
        "Attention works on the last two axes. Which are they when your queries reach it, and which should they be?",
        (
            {"split": list, "merge": unchanged},
            {"split": list},
            {"split": swap_size_and_heads},
            {"split": swap_size_and_heads, "merge": lambda heads: heads.transpose(2, 3)},
            {"split": swap_size_and_heads, "merge": unchanged},
        ),
    ),
    Mistake(
        "heads-by-view",
        "view alone cuts the heads out of the wrong places",
        "In memory a token's numbers lie together. After view(batch, heads, sequence, size), whose numbers has head 0?",
        (
            {"split": view_as_heads},
            {"split": view_as_heads, "merge": view_as_tokens},
            {"split": view_fused_as_heads},
            {"split": view_fused_as_heads, "merge": view_as_tokens},
        ),
    ),
    Mistake(
        "merge-without-transpose",
        "the heads are merged without bringing each token's numbers together first",
        "In (batch, heads, sequence, size), which numbers lie side by side, and whose should?",
        ({"merge": view_as_tokens}, {"merge": swap_the_last_axes}),
    ),
    Mistake(
        "residual-added",
        "the input is added to the result",
        "The block adds x, in the next lesson. What should attention alone return?",
        ({"residual": True},),
    ),
    Mistake(
        "output-projection-missing",
        "the output projection is missing",
        "After the heads are side by side again, which layer lets them talk to each other?",
        ({"project": False},),
    ),
    Mistake(
        "shared-projection",
        "query, key and value do not have projections of their own",
        "Asking, being asked and handing over are three jobs. How many weight matrices are there for them?",
    ),
    Mistake(
        "one-projection-for-all-heads",
        "all heads share one small projection",
        "If every head has the same weights, what do you gain from several?",
    ),
    Mistake(
        "heads-too-wide",
        "every head works at the full width",
        "If 6 heads share an embedding of 24, how wide is one of them?",
    ),
    Mistake(
        "wrong-parameter-count",
        "it has the wrong number of parameters",
        "Which layers does the exercise name, and of which sizes?",
    ),
    Mistake(
        "single-head",
        "there is one head, whatever num_heads says",
        "On which line does num_heads change what is computed?",
    ),
    Mistake("wrong-number-of-heads", "it has another number of heads than num_heads", "How wide is one head?"),
    Mistake(
        "unused-parameters",
        "some weights take no part",
        "On which line of forward is each of your layers used?",
    ),
)

NAMED_BY_VARIANTS = {mistake.slug for mistake in MODULE_MISTAKES if mistake.variants}

EXERCISES = (
    Exercise(
        name="causal_attention",
        lesson="02_attention",
        form="function",
        properties=(function_values, plain_function, function_gradient, large_scores),
        mistakes=FUNCTION_MISTAKES,
        hints=(
            "Four steps: scores of every query with every key; hide the keys that come later; softmax over the keys; "
            "mix the values. What is the shape after each?",
            "scores = query times key with its last two axes swapped, divided by sqrt(head_size). Where key j comes "
            "after query i, the score becomes -inf. Softmax over the last axis. weights times value.",
            "torch.ones(sequence, sequence, dtype=torch.bool).tril() is True exactly where a key may be seen; "
            "scores.masked_fill(~seen, float('-inf')) hides the rest; key.transpose(-2, -1) swaps the last two axes.",
        ),
        shortcuts={"scaled_dot_product_attention": "F.scaled_dot_product_attention"},
    ),
    Exercise(
        name="MultiHeadSelfAttention",
        lesson="02_attention",
        form="class",
        properties=(plain_module, right_size, module_values, module_gradient),
        mistakes=MODULE_MISTAKES,
        hints=(
            "Project x three times, split each result into heads, let causal_attention do its work, merge the heads, "
            "project once more. Which of these steps need weights?",
            "__init__: four nn.Linear(embed_size, embed_size). Splitting: (batch, sequence, embed_size) becomes "
            "(batch, sequence, heads, head_size), then heads and sequence change places. Merging: the same backwards.",
            "projected.view(batch, sequence, self.num_heads, self.head_size).transpose(1, 2) splits; "
            "mixed.transpose(1, 2).reshape(x.shape) merges.",
        ),
        needs=("causal_attention",),
    ),
)
