"""Lesson 11: learning_rate."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Mistake, all_close, diagnose
from gpt2_ref.checks.generate_draws import call, interface
from gpt2_ref.checks.learner import Trial, Wrong, no_trace, summary
from gpt2_ref.checks.training_rate_mistakes import RATE_MISTAKES
from gpt2_ref.checks.training_rate_oracle import PLANS, Plan, rates


def rate_interface(trial: Trial) -> None:
    """It takes step, num_steps, warmup_steps and peak, then final by position or by name."""
    interface(trial, [3, 20, 5, 0.5], {"final": 0.25})


def rate_values(trial: Trial) -> None:
    """Equal to the oracle at every step of every plan."""
    came: list[Tensor] = []
    failure, failed = None, None
    for plan in PLANS:
        try:
            came.append(rates_of(trial, plan))
        except Wrong as wrong:
            failure, failed = wrong, plan
            break

    def variant(**choices) -> Iterator[Tensor]:
        return (rates(plan, **choices) for plan in PLANS)

    for number, (plan, mine) in enumerate(zip(PLANS, came, strict=False)):
        right = rates(plan)
        if not all_close(mine, right):
            if not all_close(rates_of(trial, PLANS[0]), came[0]):
                raise Wrong("nondeterministic", input=PLANS[0].words)
            raise off_plan(plan, mine, right, diagnose(came, variant, RATE_MISTAKES, number))
    if failure is not None and failure.slug == "raises" and failed.slug:
        raise Wrong(failed.slug, **dict(failure.facts)) from failure.__cause__
    if failure is not None:
        raise failure


def rates_of(trial: Trial, plan: Plan) -> Tensor:
    """The answer's rates for all steps of a plan as shares of its peak, or raise Wrong."""
    return torch.tensor([rate_at(trial, plan, step) / plan.peak for step in plan.steps], dtype=torch.float64)


def rate_at(trial: Trial, plan: Plan, step: int) -> float:
    """The number that the answer gives for a step, or raise Wrong."""
    facts = {"input": f"step={step}, {plan.words}"}
    options = {} if plan.final is None else {"final": plan.final}
    rate = call(trial, step, plan.num_steps, plan.warmup_steps, plan.peak, facts=facts, **options)
    if rate is None:
        raise Wrong("returns-none", **facts, expected="a number", yours="None")
    if isinstance(rate, bool | complex | str | list | tuple):
        raise Wrong("returns-no-number", **facts, expected="a number", yours=summary(rate))
    try:
        number = float(rate)
    except (TypeError, ValueError, RuntimeError):
        raise Wrong("returns-no-number", **facts, expected="a number", yours=summary(rate)) from None
    remark = "it returns a tensor: an optimiser takes that too, but a plain number is easier to print and to keep"
    if isinstance(rate, Tensor) and remark not in trial.notes:
        trial.notes.append(remark)
    return number


def plain_rate(trial: Trial) -> None:
    """Right with float32 as the default, as the learner would call it."""
    with no_trace(torch.float32):
        rate_values(trial)


def off_plan(plan: Plan, mine: Tensor, right: Tensor, found: tuple[Mistake, ...]) -> Wrong:
    """What the learner is told of rates that are not those of the plan."""
    both = sorted(zip(plan.steps, right.tolist(), mine.tolist(), strict=True))
    first = next(
        place for place, (_, wanted, came) in enumerate(both) if not math.isclose(wanted, came, abs_tol=2e-5, rel_tol=0)
    )
    shown = both[max(0, first - 2) : first + 4]

    def line(numbers: list[float]) -> str:
        return " ".join(f"{plan.peak * number:10.4g}" for number in numbers)

    facts = {
        "input": plan.words,
        "step": " ".join(f"{step:10d}" for step, *_ in shown),
        "expected": line([wanted for _, wanted, _ in shown]),
        "yours": line([came for *_, came in shown]),
    }
    if found:
        return Wrong(found[0].slug, " and ".join(mistake.title for mistake in found), **facts)
    if not mine.isfinite().all():
        return Wrong("not-finite", **facts)
    wrong_steps = [step for step, wanted, came in both if abs(wanted - came) > 2e-5]
    return Wrong(plan.slug or by_place(plan, wrong_steps), **facts)


def by_place(plan: Plan, wrong_steps: list[int]) -> str | None:
    """The mistake that the places of wrong rates show, None if they lie in more than one part."""
    if wrong_steps[-1] < plan.warmup_steps:
        return "warmup-curve"
    if wrong_steps[0] >= plan.num_steps:
        return "not-held"
    inside = plan.warmup_steps < wrong_steps[0] and wrong_steps[-1] < plan.num_steps
    return "other-curve" if inside else None
