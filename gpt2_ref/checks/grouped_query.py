"""Lesson 08: GroupQueryAttention."""

import contextlib
import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from einops import rearrange
from torch import Tensor, nn

from gpt2_ref.checks.attention import (
    EMBED,
    HEADS,
    NAMED_BY_VARIANTS,
    mistake_of_size,
    mixes_outputs,
    module_gradient,
    reach,
    same_in_float32,
    sees_whom,
    shortened,
    symptoms,
    tried_on_tokens,
    unconnected,
)
from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.engine import Exercise, Mistake, all_close, close_gradient, judge
from gpt2_ref.checks.grouped_query_oracle import GROUPED_MISTAKES, grouped_attention, shares_of, tied
from gpt2_ref.checks.grouped_roles import GroupedRoles, find_grouped_roles
from gpt2_ref.checks.guesses import as_rows
from gpt2_ref.checks.learner import Trial, Wrong, no_trace
from gpt2_ref.checks.named_by_guess import Likely, recognised_by
from gpt2_ref.checks.roles import Unreadable, Weights, flat, randomise, trained


@dataclass
class GroupTrial(Trial):
    """A trial whose modules get a number of groups as their last argument; the checks of attention need not know."""

    groups: int = field(default=2)

    def build(self, *sizes: int, **options: float) -> nn.Module:
        return super().build(*(sizes if len(sizes) > 2 else (*sizes, self.groups)), **options)

    def built(self, embed_size: int, num_heads: int, num_groups: int) -> nn.Module:
        """A module that has seen some input, so that all its parameters are there."""
        self.groups = num_groups
        module = self.construct(embed_size, num_heads)
        self.call(module, torch.randn(2, 3, embed_size))
        return module


def any_groups(trial: GroupTrial) -> None:
    """Called in float32 as the learner would, with any number of groups that divides the heads."""
    with no_trace(torch.float32):
        for trial.groups in (2, 3, 1, 6):
            try:
                module = trial.build(EMBED, HEADS)
                trial.call(module, torch.randn(2, 5, EMBED))
                trial.call(module, torch.randn(1, 1, EMBED))
            except Wrong as wrong:
                if "asked" not in dict(wrong.facts):
                    wrong.facts = (("built", f"{trial.name}({EMBED}, {HEADS}, {trial.groups})"), *wrong.facts)
                if unequal_heads(wrong, trial.groups):
                    raise Wrong("heads-not-spread", **dict(wrong.facts)) from wrong.__cause__
                refuse_groups_before_heads(trial)
                raise


def refuse_groups_before_heads(trial: GroupTrial) -> None:
    """Raise Wrong if the module works when num_groups comes before num_heads."""
    try:
        module = trial.build(EMBED, trial.groups, HEADS)
        trial.call(module, torch.randn(2, 5, EMBED))
    except Wrong:
        return
    if not trained(module) or len(flat(module)) not in counts(widths(trial.groups)):
        return
    asked = f"{trial.name}({EMBED}, {HEADS}, {trial.groups})"
    raise Wrong("constructor-arguments", asked=asked, yours="takes num_groups before num_heads")


def unequal_heads(wrong: Wrong, num_groups: int) -> bool:
    """Whether an error tells that num_heads of something met num_groups of something else."""
    text = str(wrong.__cause__)
    numbers = {int(digits) for digits in re.findall(r"\d+", text)}
    return wrong.slug == "raises" and "must match" in text and {HEADS, num_groups} <= numbers


# How many numbers there are to learn

Widths = tuple[tuple[int, ...], tuple[int, int] | None]
"""Widths of the projections of a token, and (width in, width out) of the output projection."""


def widths(num_groups: int, slug: str | None = None) -> Widths:
    """The layers of the right answer, or of a wrong one."""
    size = EMBED // HEADS
    few, output = num_groups * size, (EMBED, EMBED)
    return {
        None: ((EMBED, few, few), output),
        "full-size-projections": ((EMBED, EMBED, EMBED), output),
        "only-one-grouped": ((EMBED, few, EMBED), output),
        "query-heads-merged": ((EMBED, few, few), (few, EMBED)),
        "queries-grouped": ((few, few, few), (few, EMBED)),
        "one-key-value-head": ((EMBED, size, size), output),
        "groups-swapped": ((EMBED, EMBED // num_groups, EMBED // num_groups), output),
        "shared-projection": ((EMBED, few), output),
        "output-projection-missing": ((EMBED, few, few), None),
    }[slug]


TOLD_BY_SIZE = (
    "full-size-projections",
    "only-one-grouped",
    "one-key-value-head",
    "groups-swapped",
    "query-heads-merged",
    "queries-grouped",
    "shared-projection",
    "output-projection-missing",
)


def counts(layers: Widths) -> set[int]:
    """The numbers of learnable numbers, each layer with or without a bias."""
    inside, output = layers
    weights = EMBED * sum(inside) + (output[0] * output[1] if output else 0)
    biases = (*inside, *(output[1:] if output else ()))
    chosen = itertools.chain.from_iterable(itertools.combinations(biases, n) for n in range(len(biases) + 1))
    return {weights + sum(some) for some in chosen}


def right_grouped_size(trial: GroupTrial) -> None:
    """Queries of full width, keys and values of num_groups heads, and an output projection."""
    modules = {groups: trial.built(EMBED, HEADS, groups) for groups in (2, 3, 1, HEADS)}
    numbers = {groups: len(flat(module)) if trained(module) else 0 for groups, module in modules.items()}
    bad = [groups for groups, number in numbers.items() if number not in counts(widths(groups))]
    if not bad:
        return
    trial.groups = groups = bad[0]
    module = modules[groups]
    idle = unconnected(trial, module)
    if numbers[groups] - sum(parameter.numel() for parameter in idle.values()) in counts(widths(groups)):
        raise Wrong("unused-parameters", where=f"nothing depends on {shortened(list(idle))}")
    fits = [slug for slug in TOLD_BY_SIZE if all(numbers[n] in counts(widths(n, slug)) for n in (2, 3))]
    mixes = mixes_outputs(trial, modules[HEADS])  # with fewer groups a value moves several heads anyway
    if fits == [] or (fits[0] == "output-projection-missing" and mixes):
        whole = all(parameter.numel() % EMBED**2 == 0 for parameter in module.parameters() if parameter.dim() > 1)
        fits = [mistake_of_size(numbers[groups], EMBED**2, EMBED // HEADS, mixes, whole)]
    inside, _ = widths(groups)
    shapes = shortened([f"{name} {tuple(p.shape)}" for name, p in module.named_parameters()]) or "no parameter"
    wanted = min(counts(widths(groups)))
    raise Wrong(
        fits[0],
        "" if numbers[groups] else "it has no parameters",
        "" if numbers[groups] else "Where are the layers made? nn.ModuleList keeps those that stand in a list.",
        built=f"{trial.name}({EMBED}, {HEADS}, {groups})",
        expected=f"from {EMBED} to {inside[0]}, {inside[1]} and {inside[2]}, and from {EMBED} to {EMBED}: {wanted} "
        "learnable numbers, and more for biases",
        yours=f"{numbers[groups]}: {shapes}",
    )


# Values

ONE = "one-key-value-head"
SIZES = (*((EMBED, HEADS, groups) for groups in (2, 3, 1, HEADS)), (15, 3, 1), (32, 8, 4), (4, 1, 1))
"""(embed_size, num_heads, num_groups)."""


def grouped_values(trial: GroupTrial) -> None:
    """Equal to the oracle with the module's own weights, from one group for all heads to one for each."""
    for sizes in SIZES:
        embed_size, num_heads, _ = sizes
        module = trial.built(*sizes)
        try:
            found = find_grouped_roles(module, lambda x, module=module: trial.call(module, x), embed_size)
        except Unreadable:
            judge_unreadable(trial, module, sizes)
            continue
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        shared_as_asked(trial, module, found, sizes)
        try:
            judge_grouped(trial, module, found.roles.read(module), sizes)
        except Wrong as wrong:
            if wrong.slug in NAMED_HERE:
                raise
            # To a mask that fills in a fixed score the biases of keys matter, which have no role: try without them.
            found.roles.zero_the_rest(module)
            judge_grouped(trial, module, found.roles.read(module), sizes)
            raise
        same_in_float32(trial, module, embed_size, num_heads)


def shared_as_asked(trial: GroupTrial, module: nn.Module, found: GroupedRoles, sizes: tuple[int, int, int]) -> None:
    """Raise Wrong unless there are as many heads as asked for, and consecutive ones share keys and values."""
    wrong = fault_in_sharing(found, sizes)
    if wrong is None:
        return
    wrong.facts = (("built", f"{trial.name}{sizes}"), *wrong.facts)
    weights = found.roles.read(module)
    for probe in tried_on_tokens(sizes[0])[:2]:
        # Read from one text of two tokens; there is more to it if other texts do not fit.
        if not all_close(trial.call(module, *probe.inputs).detach(), self_attention(*probe.inputs, weights)):
            with contextlib.suppress(Unnamed):
                judge_unreadable(trial, module, sizes)
            break
    raise wrong


def fault_in_sharing(found: GroupedRoles, sizes: tuple[int, int, int]) -> Wrong | None:
    embed_size, num_heads, num_groups = sizes
    heads, size = found.roles.query.shape[:2]
    if heads != num_heads:
        expected = f"{num_heads} heads of {embed_size // num_heads}"
        return Wrong("wrong-number-of-heads", expected=expected, yours=f"{heads} of {size}")
    right = shares_of(num_heads, num_groups)
    for words, reads in (("key", found.reads_keys), ("value", found.reads_values)):
        if reads != right:
            expected = f"query heads 0 to {num_heads - 1} read {words} heads {list(right)}"
            slugs = {tuple(head % num_groups for head in range(num_heads)): "heads-tiled", (0,) * num_heads: ONE}
            return Wrong(slugs.get(reads, "wrong-sharing"), expected=expected, yours=f"they read {list(reads)}")
    return None


def judge_grouped(trial: GroupTrial, module: nn.Module, weights: Weights, sizes: tuple[int, int, int]) -> None:
    """Compare with the oracle that has these weights, in values and in gradients."""
    embed_size, num_heads, num_groups = sizes
    tried = tried_on_tokens(embed_size, long=num_heads == 1)

    def variant(**choices) -> Iterator[Tensor]:
        LIKELY.require(choices)
        return (grouped_attention(*probe.inputs, weights, num_groups, **choices) for probe in tried)

    judge(trial, module, tried, variant, GROUPED_MISTAKES, (lambda: sees(trial, module, embed_size),), module)
    x = torch.randn(2, 6, embed_size, requires_grad=True)
    expected = grouped_attention(x, weights, num_groups)
    close_gradient(trial.call(module, x), expected, {"x": x}, torch.randn(2, 6, embed_size))


def sees(trial: GroupTrial, module: nn.Module, embed_size: int) -> Wrong | None:
    """A fault if some token sees a later one, or not all before it; of a long text no picture is shown."""
    for length in (5, 70):
        x = torch.randn(1, length, embed_size) / length  # small scores, so that no weight vanishes
        wrong = sees_whom(reach(lambda x: trial.call(module, x), x, axis=-2))
        if wrong is not None:
            wrong.facts = tuple((label, text) for label, text in wrong.facts if label != "reach" or length < 10)
            return wrong
    return None


class Unnamed(Wrong):
    """A fault that has no name."""


def judge_unreadable(trial: GroupTrial, module: nn.Module, sizes: tuple[int, int, int]) -> None:
    """Judge a module whose weights do not act as those of attention, by guesses at where they are.

    Raises Wrong with a known variant if one fits, else with a symptom. A step in float32 can hide the roles of
    weights as well: an answer that equals the oracle under one of the guesses is right.
    """
    embed_size, _, num_groups = sizes
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    for parameter in trained(module):
        if parameter.dim() == 1:
            parameter.data.zero_()
    tried = tried_on_tokens(embed_size)[:3]
    came = [trial.call(module, *probe.inputs).detach() for probe in tried]
    facts = {"built": f"{trial.name}{sizes}", "input": tried[0].words}

    def oracle(number: int, guess: Weights, **choices) -> Tensor:
        return grouped_attention(*tried[number].inputs, guess, num_groups, **choices)

    looks = symptoms(trial, module, embed_size)
    if (random := looks[0]()) is not None:
        raise random
    if any(result.isfinite().any() for result in came[:2]):
        found = recognised_by(came, oracle, likely_grouped_weights(module, sizes), GROUPED_MISTAKES)
        if isinstance(found, Mistake):
            raise Wrong(found.slug, **facts)
        if found is not None and looks[2]() is None:
            return judge_grouped(trial, module, found, sizes)
    if not all(result.isfinite().all() for result in came):
        raise Wrong("not-finite", **facts)
    generic = Unnamed(None, "the result is not that of softmax attention with these weights", **facts)
    raise next(filter(None, (look() for look in looks)), generic)


def likely_grouped_weights(module: nn.Module, sizes: tuple[int, int, int]) -> Iterator[Weights]:
    """The usual ways in which parameters hold the weights, the most usual first; for naming mistakes only."""
    embed_size, num_heads, num_groups = sizes
    size = embed_size // num_heads
    few = num_groups * size
    widths = {"query": embed_size, "key": few, "value": few, "output": embed_size}
    orders = (
        ("query", "key", "value", "output"),
        ("query", "value", "key", "output"),
        ("key", "value", "query", "output"),
        ("key", "query", "value", "output"),
        ("query", "output", "key", "value"),
        ("output", "query", "key", "value"),
        ("value", "key", "query", "output"),
    )
    for cut, order, transposed in itertools.product((one_by_one, group_by_group), orders, (False, True)):
        tables = [as_rows(parameter.detach(), embed_size, transposed) for parameter in trained(module)]
        rows = torch.cat([table for table in tables if table is not None] or [torch.empty(0, embed_size)])
        if len(rows) != sum(widths.values()):
            continue
        parts = cut(rows, order, widths, num_groups)
        if parts is None:
            continue
        heads = {
            name: rearrange(part, "(head size) embed -> head size embed", size=size) for name, part in parts.items()
        }
        query, key, value = (nn.functional.pad(heads[name], (0, 1)) for name in ("query", "key", "value"))
        for output in (parts["output"], parts["output"].T):
            columns = rearrange(output, "out (head size) -> out head size", head=num_heads)
            yield tied(Weights(query, key, value, columns, torch.zeros(embed_size)), num_groups)


def one_by_one(rows: Tensor, order: Sequence[str], widths: dict[str, int], num_groups: int) -> dict[str, Tensor]:
    """All rows of one role, then all of the next."""
    return dict(zip(order, rows.split([widths[name] for name in order]), strict=True))


def group_by_group(
    rows: Tensor, order: Sequence[str], widths: dict[str, int], num_groups: int
) -> dict[str, Tensor] | None:
    """What belongs to a group stands together: keys with values, or with the queries as well."""
    if order[-1] != "output" or order.index("query") == 1:
        return None
    together = order[:3] if order[0] == "query" else order[:2]
    lengths = [widths[name] for name in together]
    alone = [name for name in order if name not in together]
    first, *others = rows.split([sum(lengths), *(widths[name] for name in alone)])
    pieces = first.unflatten(0, (num_groups, -1)).split([length // num_groups for length in lengths], dim=1)
    return {name: piece.flatten(0, 1) for name, piece in zip(together, pieces, strict=True)} | dict(
        zip(alone, others, strict=True)
    )


def with_groups(check_property: Callable[[GroupTrial], None]) -> Callable[[Trial], None]:
    """A property of attention, looked at in modules that have groups."""

    @functools.wraps(check_property)
    def look(trial: Trial) -> None:
        check_property(GroupTrial(**vars(trial)))

    return look


LIKELY = Likely(GROUPED_MISTAKES)
NAMED_HERE = NAMED_BY_VARIANTS | {mistake.slug for mistake in GROUPED_MISTAKES if mistake.variants}

EXERCISES = (
    Exercise(
        name="GroupQueryAttention",
        lesson="08_grouped_query",
        form="class",
        properties=tuple(
            with_groups(check_property)
            for check_property in (any_groups, right_grouped_size, grouped_values, module_gradient)
        ),
        mistakes=GROUPED_MISTAKES,
        hints=(
            "Compared with MultiHeadSelfAttention, two of the four layers become narrower, and one step is new before "
            "attention begins. Which layers, and which step?",
            "Keys and values: nn.Linear(embed_size, num_groups * head_size), split into num_groups heads. With 6 query "
            "heads and 2 key heads, query heads 0, 1, 2 read key head 0, and 3, 4, 5 read key head 1.",
            "key.repeat_interleave(self.num_heads // self.num_groups, dim=1) makes (batch, heads, sequence, head_size) "
            "of (batch, groups, sequence, head_size), each head in turn repeated; the same for value.",
        ),
        needs=("causal_attention", "MultiHeadSelfAttention"),
    ),
)
