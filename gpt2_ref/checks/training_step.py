"""Lesson 11: train_step."""

import contextlib
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gpt2_ref.checks.engine import HALVES, Mistake, all_close, diagnose, distance, first_difference, names_in, tolerance
from gpt2_ref.checks.generate_draws import call, interface
from gpt2_ref.checks.learner import Trial, Wrong, no_trace, summary
from gpt2_ref.checks.training_setups import SETUPS, SGD, Setup, Small, flat, one_group
from gpt2_ref.checks.training_step_mistakes import STEP_MISTAKES
from gpt2_ref.checks.training_step_oracle import rehearsed, scales_of


@dataclass
class Turn:
    """One call of the answer.

    words   what the learner is told about it
    setup   it belongs to
    scale   the largest move of any number in a right step
    result  the loss, and how far each number moves in shares of `scale`
    events  "backward", "step", "empty step" for one without gradients, "options changed", in their order
    """

    words: str
    setup: Setup
    scale: float
    result: Tensor = field(default_factory=lambda: torch.empty(0))
    events: list[str] = field(default_factory=list)

    def told(self, result: Tensor) -> str:
        """A result in words, this one or the right one."""
        length = self.scale * result[1:].norm().item()
        return f"loss {result[0].item():.5g}; all parameters together move by {length:.5g}"


# Running the answer


def turns(trial: Trial, setup: Setup, scales: Sequence[float]) -> Iterator[Turn]:
    """Call the answer with each batch of a setup; raises Wrong."""
    model, optimizer = setup.build()
    for number, ((ids, targets), scale) in enumerate(zip(setup.batches(), scales, strict=True), 1):
        turn = Turn(f"step {number}, batch of shape {tuple(ids.shape)}, {setup.words}", setup, scale)
        facts = {"input": turn.words}
        model.train()
        model.modes.clear()
        before = flat(model)
        with watched(model, optimizer, turn.events), warnings.catch_warnings():
            try:
                warnings.simplefilter("ignore")  # float(loss) warns
                answer = call(trial, model, optimizer, ids, targets, facts=facts, **setup.options)
            except Wrong as wrong:
                raise renamed(wrong, setup, facts) from wrong.__cause__
        if not all(model.modes) or not model.training:
            raise Wrong("eval-mode", **facts)
        loss = number_in(trial, answer, facts)
        if len(model.modes) > 1:
            remark(trial, f"it calls the model {len(model.modes)} times in one step: once is enough")
        turn.result = torch.cat([torch.tensor([loss]), (flat(model) - before) / scale])
        yield turn


@contextlib.contextmanager
def watched(model: nn.Module, optimizer: torch.optim.Optimizer, events: list[str]) -> Iterator[None]:
    """Note in `events` what happens to the gradients and the optimiser inside the block."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def stepped(*_: object) -> None:
        something = any(p.grad is not None and p.grad.any() for p in parameters)
        events.append("step" if something else "empty step")

    def accumulated(parameter: Tensor) -> None:
        if events[-1:] != ["backward"] and parameter.grad.any():
            events.append("backward")

    before = options_of(optimizer)
    handles = [optimizer.register_step_post_hook(stepped)]
    handles += [parameter.register_post_accumulate_grad_hook(accumulated) for parameter in parameters]
    try:
        yield
        if options_of(optimizer) != before:
            events.append("options changed")
    finally:
        for handle in handles:
            handle.remove()


def options_of(optimizer: torch.optim.Optimizer) -> list[tuple[str, object]]:
    """The learning rate and whatever else is set in each group."""
    return [(name, value) for group in optimizer.param_groups for name, value in group.items() if name != "params"]


def renamed(wrong: Wrong, setup: Setup, facts: dict[str, str]) -> Wrong:
    """The same fault under the name of a mistake, or with a question of this exercise."""
    if wrong.slug != "raises":
        return wrong
    text, where = (dict(wrong.facts).get(label, "") for label in ("error", "where"))
    named = next((slug for words, slug in NAMED_ERRORS.items() if words in text), None)
    if "'NoneType'" in text and ("grad" in where or setup.slug == "gradient-missing"):
        named = "gradient-missing"
    if named is not None:
        return Wrong(named, **facts, error=text, where=where)
    wrong.question = next((question for words, question in QUESTIONS.items() if words in text), wrong.question)
    return wrong


NAMED_ERRORS = {
    "does not require grad and does not have a grad_fn": "no-graph",
    "has no attribute 'backward'": "no-graph",
    "backward through the graph a second time": "backward-twice",
    "grad can be implicitly created only for scalar outputs": "not-averaged",
}

QUESTIONS = {
    "Expected target size": "Which axis of the logits holds the vocabulary, and in which one does the function that "
    "you call look for it? What shapes do both need when all positions stand in one row?",
    "to match target batch_size": "How many rows have the logits at this line, and how many targets are there?",
    "unexpected keyword": "Which arguments does this function take?",
}


def number_in(trial: Trial, answer: object, facts: dict[str, str]) -> float:
    """The loss that the answer returns as a number, or raise Wrong."""
    expected = "the loss, one number"
    if isinstance(answer, Tensor) and answer.numel() != 1:
        raise Wrong("not-averaged", **facts, expected=expected, yours=f"a tensor of shape {tuple(answer.shape)}")
    if answer is None or isinstance(answer, bool | str | list | tuple | dict):
        kinds = {type(None): "returns-none", tuple: "returns-tuple"}
        raise Wrong(kinds.get(type(answer), "returns-no-number"), **facts, expected=expected, yours=summary(answer))
    if isinstance(answer, Tensor) and answer.requires_grad:
        remark(trial, "the loss that it returns still holds the graph of the step: item() or detach() lets go of it")
    try:
        return float(answer.detach() if isinstance(answer, Tensor) else answer)
    except (TypeError, ValueError):
        raise Wrong("returns-no-number", **facts, expected=expected, yours=summary(answer)) from None


def remark(trial: Trial, text: str) -> None:
    if text not in trial.notes:
        trial.notes.append(text)


# Properties


def step_interface(trial: Trial) -> None:
    """It takes model, optimizer, input_ids and targets, then max_norm, by position or by name."""
    ids = torch.zeros(1, 2, dtype=torch.long)
    interface(trial, [nn.Identity(), None, ids, ids], {"max_norm": 0.5})


def steps_as_they_should_be(trial: Trial, setups: Sequence[Setup] = SETUPS) -> None:
    """The loss is that before the update, and the parameters move as the optimiser moves them with these gradients."""
    scales = {setup.words: scales_of(SETUPS.index(setup), torch.get_default_dtype()) for setup in setups}
    came: list[Turn] = []
    failure = None
    for setup in setups:
        try:
            for turn in turns(trial, setup, scales[setup.words]):
                came.append(turn)
        except Wrong as wrong:
            failure = wrong
            break

    def variant(**choices) -> Iterator[Tensor]:
        for setup in setups:
            yield from rehearsed(setup, scales[setup.words], **choices)

    for number, (turn, right) in enumerate(zip(came, variant(), strict=False)):
        if not all_close(turn.result, right):
            raise off_course(trial, came, number, right, variant)
    if failure is not None:
        raise failure


def plain_steps(trial: Trial) -> None:
    """Right in float32, as the learner would call it."""
    with no_trace(torch.float32):
        steps_as_they_should_be(trial, [SETUPS[1], SETUPS[5]])


def no_limit(trial: Trial) -> None:
    """A remark if max_norm=inf, which clips nothing, goes wrong."""
    setup = Setup("SGD(lr=0.5), max_norm=inf", one_group(SGD, lr=0.5), math.inf)
    ones = [1.0] * len(setup.shapes)
    try:
        right = all(
            all_close(turn.result, expected)
            for turn, expected in zip(turns(trial, setup, ones), rehearsed(setup, ones), strict=True)
        )
    except Wrong:
        right = False
    if not right:
        remark(trial, "max_norm=inf should clip nothing; with it your parameters do not move as they should")


# What the learner is told


def off_course(trial: Trial, came: Sequence[Turn], number: int, right: Tensor, variant: Callable) -> Wrong:
    """What the learner is told of a step that is not the right one."""
    turn = came[number]
    facts = {"input": turn.words, "expected": turn.told(right), "yours": turn.told(turn.result)}
    certain = by_events(turn)
    if certain:
        return Wrong(certain, **facts)
    results = [turn.result for turn in came]
    found = diagnose(results, variant, STEP_MISTAKES, number, pairs=False) or with_a_frequent_one(
        results, variant, number
    )
    if found:
        question = clipped_elsewhere(trial) if found[0].slug == "not-clipped" else ""
        return Wrong(found[0].slug, " and ".join(mistake.title for mistake in found), question, **facts)
    if not turn.result.isfinite().all():
        return Wrong(turn.setup.slug or "not-finite", **facts)
    if trial.dtypes & set(HALVES):
        return Wrong("low-precision", **facts)
    if all_close(turn.result[:1], right[:1]):
        facts |= parameter_that_differs(turn, right)
    return Wrong(turn.setup.slug, **facts)


def by_events(turn: Turn) -> str | None:
    """The mistake that the order of backward and step shows by itself."""
    steps = [event for event in turn.events if event.endswith("step")]
    if not steps:
        return "optimizer-unused" if turn.result[1:].any() else "no-step"
    if len(steps) > 1:
        return "steps-twice"
    if turn.events.index(steps[0]) == 0 and "backward" in turn.events:
        return "step-before-backward"
    if steps == ["empty step"]:
        return "zeroed-before-step" if "backward" in turn.events else "backward-missing"
    return "optimizer-changed" if "options changed" in turn.events else None


FREQUENT = ("not-clipped", "gradients-add-up", "leftover-gradients", "sum-for-mean", "not-the-loss")


def with_a_frequent_one(results: Sequence[Tensor], variant: Callable, number: int) -> tuple[Mistake, ...]:
    """Two mistakes that answer every call as the learner did, one of them a frequent one; that of this call first."""
    usual = [(mistake, choices) for mistake in STEP_MISTAKES for choices in mistake.variants[:3]]
    for one, some in usual:
        for other, more in usual:
            if one.slug not in FREQUENT or one is other or some.keys() & more.keys():
                continue
            if distance(results, variant, {**some, **more}) < math.inf:
                alone = distance(results[: number + 1], variant, some) < math.inf
                return (one, other) if alone else (other, one)
    return ()


def clipped_elsewhere(trial: Trial) -> str:
    """A question for an answer that does clip, at another time."""
    code = getattr(trial.answer, "__code__", None)
    if code is None or not any(name.startswith("clip_grad") for name in names_in(code)):
        return ""
    return (
        "You do clip. Are the gradients of this batch there at that line, and does the optimiser's step come after it?"
    )


def parameter_that_differs(turn: Turn, right: Tensor) -> dict[str, str]:
    """The first number that moves in another way, with the name of its parameter."""
    start = 1
    for name, parameter in Small(**turn.setup.model).named_parameters():
        part = slice(start, start + parameter.numel())
        start = part.stop
        wanted, mine = (result[part].view_as(parameter) * turn.scale for result in (right, turn.result))
        if not torch.allclose(wanted, mine, rtol=0.0, atol=tolerance() * turn.scale):
            expected, yours = first_difference(wanted, mine, tolerance() * turn.scale)
            return {"where": f"{name}{expected} is the right move, {name}{yours} is yours"}
    return {}
