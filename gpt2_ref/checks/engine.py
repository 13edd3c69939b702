"""The grader: an exercise is a record, an answer is judged by what it does, a mistake is recognised by its behaviour.

`examine` runs the properties of an exercise in order. Each gets a `Trial` and raises `Wrong` when the
answer breaks it: with the slug of a mistake, or without one after no known wrong variant matched.
"""

import contextlib
import difflib
import inspect
import itertools
import math
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor, nn

from gpt2_ref.checks.learner import Blank, Trial, Wrong, belongings_kept, first_difference, gradients, no_trace
from gpt2_ref.checks.verdict import NotAttempted, Passed, UnknownExercise, WrongAnswer


def tolerance() -> float:
    """How far an answer may be from the oracle, as a share of its largest number.

    In float64 there is room for a step that the answer takes in float32.
    """
    return 2e-5 if torch.get_default_dtype() == torch.float64 else 1e-4


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer.

    slug      stable name
    title     what it is called, in a few words
    hint      a question that leads to it
    variants  each a choice of arguments that turns the oracle of the exercise into this wrong answer;
              none where a property tells the mistake
    """

    slug: str
    title: str
    hint: str
    variants: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True)
class Exercise:
    """What a learner is asked for, how it is judged, which mistakes are known, and three hints.

    form        a class or a function is asked for
    properties  looked at in this order; each raises Wrong when it does not hold
    shortcuts   ready-made functions that do the whole step: right, with a remark
    needs       exercises whose answers this one may use; the fault may lie there
    """

    name: str
    lesson: str
    form: Literal["class", "function"]
    properties: tuple[Callable[[Trial], None], ...]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, str, str]
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def mistake(self, slug: str | None) -> Mistake | None:
        """The record of a mistake, None where the slug is unknown."""
        return next((mistake for mistake in (*self.mistakes, *GENERAL_MISTAKES) if mistake.slug == slug), None)


def examine(answer: Callable, exercise: Exercise, exercises: Mapping[str, Exercise] = MappingProxyType({})) -> Passed:
    """Judge an answer. Raises WrongAnswer or NotAttempted; leaves no trace in torch or in the answer.

    exercises: where to find those that this one needs.
    """
    refuse_what_is_no_answer(answer, exercise)
    trial, wrong = look_at(answer, exercise, torch.float64)
    blurred = wrong is not None and wrong.slug is None and torch.float32 in trial.dtypes
    if wrong is not None and not isinstance(wrong, Blank) and (wrong.mixed_dtypes or blurred):
        # An answer that names float32 somewhere can be right and yet fail, or blur, in float64.
        second, still_wrong = look_at(answer, exercise, torch.float32)
        trial, wrong = (trial, wrong) if still_wrong else (second, None)
    if wrong is None:
        return Passed(exercise.name, (*shortcut_remarks(trial, exercise), *trial.remarks()))
    for name in exercise.needs:
        if (part := part_used(answer, name)) is not None:
            refuse_wrong_part(exercise, name, part, exercises)
    raise told(wrong, exercise, trial.printed.getvalue()) from wrong.__cause__


def look_at(answer: Callable, exercise: Exercise, dtype: torch.dtype) -> tuple[Trial, Wrong | None]:
    """Look at every property in a world where `dtype` is the default; the first fault, None if there is none."""
    trial = Trial(answer, exercise.name)
    try:
        for check_property in exercise.properties:
            with no_trace(dtype), belongings_kept(answer):
                check_property(trial)
    except Wrong as wrong:
        return trial, wrong
    return trial, None


def part_used(answer: object, name: str) -> Callable | None:
    """The learner's own function or class `name` if a method of the answer uses it."""
    for method in vars(answer).values() if inspect.isclass(answer) else [answer]:
        code = getattr(method, "__code__", None)
        part = method.__globals__.get(name) if code is not None and name in names_in(code) else None
        if callable(part) and not str(getattr(part, "__module__", "")).startswith("gpt2_ref."):
            return part
    return None


def names_in(code: types.CodeType) -> set[str]:
    """The global names and attributes that a function uses, those in its inner functions and comprehensions too."""
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*map(names_in, inner))


def refuse_wrong_part(exercise: Exercise, name: str, part: Callable, exercises: Mapping[str, Exercise]) -> None:
    """Raise WrongAnswer for the whole if the part that it uses is wrong."""
    try:
        examine(part, exercises[name], exercises)
    except WrongAnswer as wrong:
        title = f"the {name} that it uses is not right: {wrong.title}"
        raise type(wrong)(exercise.name, title, wrong.facts, wrong.question, wrong.mistake) from wrong.__cause__


def refuse_what_is_no_answer(answer: object, exercise: Exercise) -> None:
    """Raise WrongAnswer when the answer is not the kind of thing that was asked for."""
    if exercise.form == "class":
        accepted = callable(answer) and not isinstance(answer, nn.Module)
    else:
        accepted = callable(answer) and not inspect.isclass(answer)
    if not accepted:
        yours = (
            f"the class {answer.__name__}" if inspect.isclass(answer) else f"an object of type {type(answer).__name__}"
        )
        raise told(Wrong(f"not-a-{exercise.form}", expected=f"a {exercise.form}", yours=yours), exercise)


def told(wrong: Wrong, exercise: Exercise, printed: str = "") -> WrongAnswer:
    """The exception that the learner sees for a fault; what the answer printed is shown as far as it is short."""
    if isinstance(wrong, Blank):
        return NotAttempted(exercise.name, wrong.title, wrong.facts)
    mistake = exercise.mistake(wrong.slug) or Mistake(wrong.slug, "not right yet", ASK_WHERE)
    lines = printed.splitlines()
    more = [f"... and {len(lines) - PRINTED_LINES} more lines"] if len(lines) > PRINTED_LINES else []
    facts = wrong.facts + ((("printed", "\n".join([*lines[:PRINTED_LINES], *more])),) if lines else ())
    return WrongAnswer(exercise.name, wrong.title or mistake.title, facts, wrong.question or mistake.hint, wrong.slug)


PRINTED_LINES = 5
ASK_WHERE = "Go through the example worked by hand, line by line: at which line does your code give something else?"


def shortcut_remarks(trial: Trial, exercise: Exercise) -> list[str]:
    """A remark for each ready-made function that the answer used for the step it was asked to write."""
    return [
        f"right; {used} does the whole step: write it out once to see what is inside"
        for name, used in exercise.shortcuts.items()
        if name in trial.called
    ]


def find_exercise(answer: object, name: str | None, exercises: Mapping[str, Exercise]) -> Exercise:
    """The exercise called `name`, or else the one with the answer's own name. Raises UnknownExercise."""
    wanted = name or getattr(answer, "__name__", None)
    if wanted in exercises:
        return exercises[wanted]
    if wanted is None and type(answer).__name__ in exercises:
        return exercises[type(answer).__name__]
    known = ", ".join(exercises)
    if wanted is None and isinstance(answer, str):
        raise UnknownExercise(f"hand in the answer itself, without quotes: check({answer})")
    if wanted is None:
        kind = type(answer).__name__
        raise UnknownExercise(
            f"this is an object of type {kind}; hand in the function or class itself, not called. Exercises: {known}"
        )
    close = difflib.get_close_matches(str(wanted), exercises, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    raise UnknownExercise(f"no exercise is called {wanted!r}.{guess} Exercises: {known}")


# Comparing with the oracle


def all_close(came: Tensor, expected: Tensor) -> bool:
    """Equal up to rounding, relative to the largest expected number; NaN or infinity where one is expected."""
    return (
        came.shape == expected.shape
        and torch.equal(came.isfinite(), expected.isfinite())
        and error(came, expected) <= tolerance()
    )


def error(came: Tensor, expected: Tensor) -> float:
    """The largest difference between finite numbers, as a share of the largest expected one or of 1."""
    finite = expected.isfinite() & came.isfinite()
    if not finite.any():
        return 0.0
    wanted = expected.detach()[finite]
    return ((came.detach()[finite] - wanted).abs().max() / wanted.abs().max().clamp(min=1.0)).item()


@dataclass(frozen=True)
class Probe:
    """Inputs to try an answer on, with the words that tell the learner what they were.

    slug: the mistake of an answer that is right on every probe before this one, if it equals no known variant.
    """

    words: str
    inputs: tuple[Tensor, ...]
    slug: str | None = None


HALVES = (torch.float16, torch.bfloat16)
HALF_PRECISION = 2e-2
"""How far a result can be off that was rounded to 16 bits on the way."""

USUAL = 4
"""How many variants of a mistake are tried together with another mistake: the first ones are the usual ones."""

Variant = Callable[..., Iterable[Tensor]]
"""``variant(**choices)`` -> what the oracle, turned wrong by these choices, answers to one probe after the other."""

Symptom = Callable[[], Wrong | None]
"""A look at an answer that equals no known variant: the fault it shows, or None."""


def judge(
    trial: Trial,
    answer: Callable,
    probes: Sequence[Probe],
    variant: Variant,
    mistakes: Sequence[Mistake],
    symptoms: Sequence[Symptom] = (),
    module: nn.Module | None = None,
) -> None:
    """Raise Wrong unless the answer equals the oracle on every probe; with the mistake's name if one is recognised.

    module: the module behind an answer that is one, to be tried in training mode as well.
    """
    came: list[Tensor] = []
    failure = None
    for probe in probes:
        try:
            came.append(trial.call(answer, *probe.inputs).detach())
        except Wrong as wrong:
            failure = wrong
            break
    for number, (probe, mine, right) in enumerate(zip(probes, came, variant(), strict=False)):
        if not all_close(mine, right):
            ordinary = len(list(itertools.takewhile(lambda probe: probe.slug is None, probes[: len(came)])))
            found = diagnose(came, variant, mistakes, number)
            if not found and number < ordinary < len(came):
                found = diagnose(came[:ordinary], variant, mistakes, number, pairs=False)
            general = () if found else (look(trial, answer, probe) for look in GENERAL_SYMPTOMS)
            raise different(probe, mine, right, found, (*general, *symptoms))
    if failure is not None:
        raise failure
    stays_the_same(trial, answer, probes[0], came[0], module)


def stays_the_same(trial: Trial, answer: Callable, probe: Probe, came: Tensor, module: nn.Module | None) -> None:
    """Raise Wrong unless the answer gives the same again: after other inputs, without gradients, in training."""
    facts = {"input": probe.words}
    if not all_close(trial.call(answer, *probe.inputs).detach(), came):
        raise Wrong("nondeterministic", "the same input gives another result after other inputs", **facts)
    with torch.no_grad():
        if not all_close(trial.call(answer, *probe.inputs), came):
            raise Wrong("differs-without-gradients", **facts)
    if module is not None:
        with training_without_dropout(module):
            one, other = (trial.call(answer, *probe.inputs).detach() for _ in range(2))
        # Dropout by a function still makes the two differ, and is right in training.
        if all_close(one, other) and not all_close(one, came):
            raise Wrong("differs-in-training", **facts)


@contextlib.contextmanager
def training_without_dropout(module: nn.Module) -> Iterator[None]:
    """The module in training mode, its dropout layers switched off."""
    layers = [layer for layer in module.modules() if isinstance(layer, nn.Dropout)]
    before = [layer.p for layer in layers]
    try:
        module.train()
        for layer in layers:
            layer.p = 0.0
        yield
    finally:
        module.eval()
        for layer, p in zip(layers, before, strict=True):
            layer.p = p


def different(
    probe: Probe, mine: Tensor, right: Tensor, found: Sequence[Mistake], symptoms: Sequence[Symptom]
) -> Wrong:
    """What the learner is told about an answer that differs from the oracle."""
    expected, yours = first_difference(right, mine, tolerance())
    facts = {"input": probe.words, "expected": expected, "yours": yours}
    shown = next(filter(None, (look() for look in symptoms)), None)
    if shown is not None:
        facts |= dict(shown.facts)
    if found:
        return Wrong(found[0].slug, " and ".join(mistake.title for mistake in found), **facts)
    if right.isfinite().all() and not mine.isfinite().all():
        return Wrong(probe.slug or "not-finite", **facts)
    if error(mine, right) < HALF_PRECISION and any(torch.equal(mine, mine.to(d).to(mine)) for d in HALVES):
        return Wrong("low-precision", **facts)
    return Wrong(shown.slug, shown.title, **facts) if shown else Wrong(probe.slug, **facts)


def diagnose(
    came: Sequence[Tensor], variant: Variant, mistakes: Sequence[Mistake], number: int, pairs: bool = True
) -> tuple[Mistake, ...]:
    """The known mistake, or else the pair of mistakes, that answers every probe as the learner did.

    Two mistakes can be within the tolerance of each other: the nearest is the one. Of a pair, the mistake
    that explains the answer to the first wrong probe, which has this number, comes first.
    """
    if not came[number].isfinite().any():
        return ()
    single = [(mistake, choices) for mistake in mistakes for choices in mistake.variants]
    fits = [(distance(came, variant, choices), mistake) for mistake, choices in single]
    nearest = min(fits, key=lambda fit: fit[0], default=(math.inf, None))
    if nearest[0] < math.inf:
        return (nearest[1],)
    usual = [(mistake, choices) for mistake in mistakes for choices in mistake.variants[:USUAL]] if pairs else []
    for (one, some), (other, more) in itertools.combinations(usual, 2):
        if not some.keys() & more.keys() and distance(came, variant, {**some, **more}) < math.inf:
            first_wrong = came[: number + 1]
            alone = [distance(first_wrong, variant, choices) < math.inf for choices in (some, more)]
            return (other, one) if alone == [False, True] else (one, other)
    return ()


def distance(came: Sequence[Tensor], variant: Variant, choices: Mapping[str, object]) -> float:
    """How far the answers are from a wrong variant's; infinite beyond the tolerance, or where it does not fit."""
    largest = 0.0
    try:
        for mine, wrong in zip(came, variant(**choices), strict=False):
            if not all_close(mine, wrong):
                return math.inf
            largest = max(largest, error(mine, wrong))
    except (IndexError, RuntimeError):
        return math.inf
    return largest


# Symptoms that any answer can show, and gradients


def nondeterministic(trial: Trial, answer: Callable, probe: Probe) -> Symptom:
    """Whether two calls with the same input differ."""

    def look() -> Wrong | None:
        one, other = (trial.call(answer, *probe.inputs).detach() for _ in range(2))
        if all_close(one, other):
            return None
        return Wrong("nondeterministic", **dict(zip(("first", "second"), first_difference(one, other), strict=True)))

    return look


def batch_mixing(trial: Trial, answer: Callable, probe: Probe) -> Symptom:
    """Whether the last sequence of a batch gets another result when it is alone."""

    def look() -> Wrong | None:
        inputs = probe.inputs
        together = trial.call(answer, *inputs).detach()[-1:]
        alone = trial.call(answer, *(x[-1:] for x in inputs)).detach()
        if all_close(together, alone):
            return None
        differs = dict(zip(("alone", "in batch"), first_difference(alone, together, tolerance()), strict=True))
        return Wrong("batch-mixing", **differs)

    return look


def close_gradient(
    came: Tensor, expected: Tensor, inputs: Mapping[str, Tensor], weights: Tensor, slug: str = "detached"
) -> None:
    """Raise Wrong unless ``(weights * result).sum()`` has the same gradient by every input as the oracle's."""
    mine, right = (gradients(result, list(inputs.values()), weights) for result in (came, expected))
    for name, my_gradient, right_gradient in zip(inputs, mine, right, strict=True):
        my_gradient = torch.zeros_like(right_gradient) if my_gradient is None else my_gradient
        if not all_close(my_gradient, right_gradient):
            wanted, yours = first_difference(right_gradient, my_gradient, tolerance())
            facts = {"expected": f"gradient of {name}{wanted}", "yours": yours}
            raise Wrong(slug, "" if slug != "detached" else f"the gradient of {name} is wrong", **facts)


def gradient_reaches(result: Tensor, named: Mapping[str, Tensor], slug: str = "detached") -> None:
    """Raise Wrong unless every one of the named tensors gets a gradient from `result`."""
    silent = [
        name for name, gradient in zip(named, gradients(result, list(named.values())), strict=True) if gradient is None
    ]
    if silent:
        raise Wrong(slug, where=f"no gradient reaches {', '.join(silent)}")


GENERAL_SYMPTOMS = (nondeterministic, batch_mixing)

GENERAL_MISTAKES = (
    Mistake(
        "large-scores",
        "it is right for ordinary scores and wrong for large ones",
        "What is left of your mask, or of a score that you cut off, when scores reach 100?",
    ),
    Mistake(
        "differs-without-gradients",
        "it gives another result under torch.no_grad()",
        "Which line asks whether gradients are on, and why should the values depend on it?",
    ),
    Mistake(
        "differs-in-training",
        "it gives another result in training than in evaluation, and dropout is not the reason",
        "Which line asks for self.training?",
    ),
    Mistake(
        "forward-missing", "the class has no method called forward", "How is the method called that a module runs?"
    ),
    Mistake(
        "low-precision",
        "it computes in half precision",
        "Which line names float16 or bfloat16, and what does that cost?",
    ),
    Mistake("returns-none", "it returns None", "Does every path through your code end in a return?"),
    Mistake(
        "returns-numpy",
        "it returns a numpy array",
        "Which call leaves torch, and what would lose its gradient there?",
    ),
    Mistake("returns-tuple", "it returns a tuple", "Which one of these tensors is the answer? Return it alone."),
    Mistake(
        "returns-list",
        "it returns a list",
        "How do you join a list of tensors into one: torch.stack or torch.cat?",
    ),
    Mistake("returns-generator", "it returns a generator", "Is there a yield where a return belongs?"),
    Mistake("returns-no-tensor", "it does not return a tensor", "What does the last line hand back?"),
    Mistake(
        "wrong-shape",
        "the result has the wrong shape",
        "After which line does the shape stop being what you expect?",
    ),
    Mistake(
        "not-finite",
        "the result has NaN or infinite entries",
        "Where could 0 / 0, 0 * inf, inf - inf or exp of a large number come from?",
    ),
    Mistake(
        "changes-dtype",
        "the result has another dtype than the input",
        "Which line names a dtype, and does it need to?",
    ),
    Mistake("changes-default-dtype", "it changes torch's default dtype", "Who else uses torch in this program?"),
    Mistake(
        "mutates-input",
        "it changes its input in place",
        "Which line writes into an input: +=, -=, x[...] = ..., a method whose name ends in _?",
    ),
    Mistake(
        "reseeds",
        "it reseeds the random number generator",
        "What happens to everyone else's random numbers when this runs?",
    ),
    Mistake("raises", "it raises an error", "What does the message say about that line: a name, a shape, a type?"),
    Mistake(
        "constructor-arguments",
        "the class cannot be built with the arguments of the exercise",
        "Which arguments does the exercise give to __init__, and in which order?",
    ),
    Mistake(
        "forward-arguments",
        "it cannot be called with the arguments of the exercise",
        "Which arguments does the exercise name? Others need a default.",
    ),
    Mistake(
        "super-init-missing",
        "super().__init__() is missing",
        "What must the first line of a module's __init__ be?",
    ),
    Mistake("not-a-module", "it is not an nn.Module", "What must stand in the brackets after the class's name?"),
    Mistake("not-a-class", "this is not a class", "Is it the class itself that you hand in, without calling it?"),
    Mistake(
        "not-a-function",
        "this is not a function",
        "Is it the function itself that you hand in, without calling it?",
    ),
    Mistake(
        "detached",
        "no gradient can flow",
        "What cuts the graph: detach(), .data, torch.no_grad(), a new tensor made from numbers?",
    ),
    Mistake(
        "nondeterministic",
        "two calls with the same input give different results",
        "What is random here, and should it be on in eval() mode?",
    ),
    Mistake(
        "batch-mixing",
        "one sequence changes the result of another in the batch",
        "Which axis is the batch, and which line mixes over it?",
    ),
)
