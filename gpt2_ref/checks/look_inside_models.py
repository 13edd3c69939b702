"""Models to look inside, a call of the learner's function with them, and what must not be left behind."""

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref.checks.engine import Mistake, Probe, all_close, diagnose, different
from gpt2_ref.checks.learner import (
    Blank,
    Trial,
    Wrong,
    check_result,
    check_signature,
    first_difference,
    is_empty,
)
from gpt2_ref.model import GPT2, attention, block, feed_forward, functional, gpt2, layer_norm

# Models


@dataclass(frozen=True)
class Sizes:
    """The arguments of a model; no two of those that meet in a shape are equal."""

    vocab: int
    embed: int
    heads: int
    hidden: int
    layers: int
    context: int

    def words(self) -> str:
        return f"GPT2({self.vocab}, {self.embed}, {self.heads}, {self.hidden}, {self.layers})"


def random_model(sizes: Sizes, sharpness: float = 1.0) -> GPT2:
    """A model with random biases, norms and weights, large enough that no part of it can be left out unseen.

    sharpness: multiplies the scores of attention.
    """
    model = GPT2(sizes.vocab, sizes.embed, sizes.heads, sizes.hidden, sizes.layers, context_size=sizes.context)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape)
        if name.endswith("scale"):
            noise = 1 + 0.4 * noise
        elif parameter.dim() == 1:
            noise = 0.5 * noise
        elif "embedding" not in name:
            noise = 1.2 * noise / parameter.shape[1] ** 0.5
        if ".query." in name:
            noise = sharpness * noise
        parameter.data.copy_(noise)
    return model


# What must be as before


class Snapshot:
    """What a model is like: its modules, their hooks and attributes, its numbers."""

    def __init__(self, model: nn.Module):
        self.model = model
        self.modules = parts_of(model)
        self.modes = {name: module.training for name, module in self.modules.items()}
        self.hooks = {name: hooks_of(module) for name, module in self.modules.items()}
        self.attributes = {name: dict(vars(module)) for name, module in self.modules.items()}
        self.parameters = dict(model.named_parameters(remove_duplicate=False))
        self.numbers = {name: parameter.detach().clone() for name, parameter in self.parameters.items()}

    def fault(self) -> Wrong | None:
        """What is no longer as it was, None if everything is."""
        if parts_of(self.model) != self.modules:
            return Wrong("model-changed", where="the model has other parts afterwards")
        for name, module in self.modules.items():
            known = {id(hook) for hook in self.hooks[name]}
            left = [hook for hook in hooks_of(module) if id(hook) not in known]
            if left:
                return Wrong("hooks-left", where=f"on model.{name}" if name else "on the model", left=f"{len(left)}")
            if len(hooks_of(module)) < len(known):
                return Wrong("model-changed", where=f"a hook of somebody else is gone from model.{name}")
            replaced = [key for key, value in vars(module).items() if self.is_replaced(name, key, value)]
            if replaced:
                return Wrong("model-changed", where=f"model.{name}.{replaced[0]} is another one afterwards")
        for name, parameter in self.model.named_parameters(remove_duplicate=False):
            if (what := self.changed(name, parameter)) is not None:
                wrong = Wrong("model-changed", where=f"model.{name} {what}")
                # A step such as model.float() changes nothing in a model of float32.
                wrong.mixed_dtypes = parameter.dtype != self.numbers[name].dtype
                return wrong
        return None

    def is_replaced(self, name: str, key: str, value: object) -> bool:
        """Whether an attribute hides one of the class, or is another one than before."""
        before = self.attributes[name]
        if key not in before:
            return hasattr(type(self.modules[name]), key)
        return key != "training" and not key.startswith("_") and before[key] is not value

    def changed(self, name: str, parameter: nn.Parameter) -> str | None:
        before, kept = self.numbers[name], self.parameters[name]
        if parameter is not kept:
            return "is another tensor afterwards"
        if parameter.dtype != before.dtype:
            return f"has dtype {parameter.dtype} afterwards"
        if not parameter.requires_grad:
            return "does not learn any more"
        return None if torch.allclose(parameter.detach(), before) else "has other numbers afterwards"

    def remarks(self) -> Iterator[str]:
        """What is left and does no harm."""
        if any(vars(module).keys() - self.attributes[name].keys() for name, module in self.modules.items()):
            yield "it leaves attributes of its own on the model's modules"
        if any(parameter.grad is not None for parameter in self.parameters.values()):
            yield "it leaves gradients on the model's parameters"
        if any(module.training != self.modes[name] for name, module in self.modules.items()):
            was, now = ("training", "evaluation") if self.modes[""] else ("evaluation", "training")
            yield f"the model was in {was} mode before and is in {now} mode afterwards"

    def restore(self) -> None:
        """Undo what only deserves a remark, so that the next call finds the same model."""
        for name, module in self.modules.items():
            module.training = self.modes[name]
            for key in vars(module).keys() - self.attributes[name].keys():
                delattr(module, key)
        self.model.zero_grad()


def parts_of(model: nn.Module) -> dict[str, nn.Module]:
    """The modules by name; a list of them may be another list of the same."""
    return {name: module for name, module in model.named_modules() if not isinstance(module, nn.ModuleList)}


def hooks_of(module: nn.Module) -> list[Callable]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return [hook for kind in kinds for hook in getattr(module, kind).values()]


def places_to_patch() -> list[object]:
    """Modules and classes that a look inside might change, to see what passes through."""
    files = (attention, block, feed_forward, functional, gpt2, layer_norm)
    classes = {value for file in files for value in vars(file).values() if isinstance(value, type)}
    own = [value for value in classes if value.__module__.startswith("gpt2_ref.model.")]
    return [torch, F, Tensor, nn.Linear, nn.Module, *files, *own]


PLACES = places_to_patch()


@contextlib.contextmanager
def patches_undone() -> Iterator[None]:
    """Put functions back that were replaced inside the block, and raise Wrong if there were any."""
    hooks = [getattr(nn.modules.module, f"_global_forward{kind}hooks") for kind in ("_", "_pre_")]
    known = [dict(kind) for kind in hooks]
    before = [{name: value for name, value in vars(place).items() if not name.startswith("_")} for place in PLACES]
    patched = []
    try:
        yield
    finally:
        for place, original in zip(PLACES, before, strict=True):
            now = vars(place)
            for name in [name for name, value in original.items() if now.get(name) is not value]:
                patched.append(f"another {getattr(place, '__name__', place)}.{name}")
                setattr(place, name, original[name])
        for kind, original in zip(hooks, known, strict=True):
            patched += ["a hook on all modules of torch"] * (len(kind) > len(original))
            kind.clear()
            kind.update(original)
    if patched:
        raise Wrong("patch-left", left=patched[0])


# Calling the answer, and judging what comes


@dataclass(frozen=True)
class Case(Probe):
    """Arguments to try an answer on, among them a model or a pattern.

    texts       which of the arguments holds a batch
    batch_axis  the axis of the result that belongs to that batch; None where there is none
    extreme     so small that a mistake may show in another form here: it is named by the other cases
    """

    texts: int = 1
    batch_axis: int | None = 0
    extreme: bool = False

    def of_the_last(self) -> "Case":
        """The same with the last of the batch alone."""
        alone = [x[-1:] if number == self.texts else x for number, x in enumerate(self.inputs)]
        return replace(self, inputs=tuple(alone))


def result_of(trial: Trial, case: Case, shape: tuple[int, ...]) -> Tensor:
    """What the answer returns, in the default dtype; or raise Wrong. Its shape is looked at later."""
    facts = {"input": case.words}
    check_signature(trial.answer, case.inputs, {}, "forward-arguments", {})
    given = {x: x.clone() for x in case.inputs if isinstance(x, Tensor)}
    snapshots = [Snapshot(x) for x in case.inputs if isinstance(x, nn.Module)]
    with patches_undone():
        result = trial.run(trial.answer, *case.inputs, facts=facts)
    if result is None and is_empty(trial.answer):
        raise Blank(None, "not written yet")
    for x, before in given.items():
        if x.shape != before.shape or not torch.equal(x, before):
            was, now = first_difference(before.double(), x.double()) if x.shape == before.shape else ("", "")
            raise Wrong(
                "mutates-input",
                **facts,
                before=was or f"shape {tuple(before.shape)}",
                after=now or f"shape {tuple(x.shape)}",
            )
    for snapshot in snapshots:
        if (fault := snapshot.fault()) is not None:
            raise fault
        remark(trial, snapshot.remarks())
        snapshot.restore()
    return as_tensor(trial, result, shape, facts)


def remark(trial: Trial, notes: Iterator[str]) -> None:
    trial.notes.extend(note for note in notes if note not in trial.notes)


def as_tensor(trial: Trial, result: object, shape: tuple[int, ...], facts: dict[str, str]) -> Tensor:
    """The result as a tensor of the default dtype; or raise Wrong."""
    default = torch.get_default_dtype()
    if isinstance(result, int | float) and not isinstance(result, bool) and shape == ():
        remark(trial, iter(["it gives a plain number for a single pattern; a tensor goes on more easily"]))
        return torch.tensor(float(result))
    if not isinstance(result, Tensor):
        check_result(result, shape, default, facts)
    if result.is_floating_point() and result.dtype != default == torch.float32:
        remark(trial, iter([f"the result comes as {result.dtype} where its input is {default}"]))
    return result.detach().to(default)


Answers = Callable[..., Iterator[Tensor]]
"""``answers(cases, **choices)`` -> what the oracle, turned wrong by these choices, gives in each case."""


def judge_cases(trial: Trial, cases: Sequence[Case], answers: Answers, mistakes: Sequence[Mistake]) -> None:
    """Raise Wrong unless the answer equals the oracle in every case; with the mistake's name if one is recognised."""
    rights = list(answers(cases))
    came: list[Tensor] = []
    failure = None
    for case, right in zip(cases, rights, strict=True):
        try:
            came.append(result_of(trial, case, tuple(right.shape)))
        except Wrong as wrong:
            failure = wrong
            break
    for number, mine in enumerate(came):
        if not all_close(mine, rights[number]):
            raise told_apart(trial, cases, came, rights[number], answers, mistakes, number)
    if failure is not None:
        raise failure
    shape, facts = tuple(rights[0].shape), {"input": cases[0].words}
    if not all_close(result_of(trial, cases[0], shape), came[0]):
        raise Wrong("nondeterministic", "the same input gives another result after other inputs", **facts)
    with torch.no_grad():
        try:
            again = result_of(trial, cases[0], shape)
        except Wrong:
            return  # it works with gradients, which nobody has forbidden
    if not all_close(again, came[0]):
        raise Wrong("differs-without-gradients", **facts)


def told_apart(
    trial: Trial,
    cases: Sequence[Case],
    came: Sequence[Tensor],
    right: Tensor,
    answers: Answers,
    mistakes: Sequence[Mistake],
    number: int,
) -> Wrong:
    """What the learner is told of the first case, which has this number, in which the result is not right."""
    case, mine = cases[number], came[number]
    if (random := random_result(trial, case, tuple(right.shape))) is not None:
        return random
    usual = [n for n in range(len(came)) if n == number or not (cases[n].slug or cases[n].extreme)]
    found = ()
    for tried in (list(range(len(came))), usual):
        results, variant = [came[n] for n in tried], functools.partial(answers, [cases[n] for n in tried])
        found = found or diagnose(results, variant, mistakes, tried.index(number), pairs=tried is usual)
    if mine.shape != right.shape:
        title = " and ".join(mistake.title for mistake in found)
        shapes = {"expected": f"shape {tuple(right.shape)}", "yours": f"shape {tuple(mine.shape)}"}
        return Wrong(found[0].slug if found else "wrong-shape", title, input=case.words, **shapes)
    symptoms = () if found else (lambda: in_a_batch(trial, case, tuple(right.shape)),)
    return different(case, mine, right, found, symptoms)


def random_result(trial: Trial, case: Case, shape: tuple[int, ...]) -> Wrong | None:
    """Whether two calls with the same input differ."""
    one, other = (result_of(trial, case, shape) for _ in range(2))
    if all_close(one, other):
        return None
    return Wrong("nondeterministic", **dict(zip(("first", "second"), first_difference(one, other), strict=True)))


def in_a_batch(trial: Trial, case: Case, shape: tuple[int, ...]) -> Wrong | None:
    """Whether the last of a batch gets another result when it is alone."""
    if case.batch_axis is None:
        return None
    together = result_of(trial, case, shape).select(case.batch_axis, -1)
    alone = result_of(trial, case.of_the_last(), shape).select(case.batch_axis, -1)
    if together.shape != alone.shape or all_close(together, alone):
        return None
    differs = dict(zip(("alone", "in batch"), first_difference(alone, together), strict=True))
    return Wrong("batch-mixing", **differs)
