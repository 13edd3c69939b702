"""The oracle of learning_rate."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Plan:
    """A schedule to ask for, step by step.

    slug: the mistake of an answer that is right on every plan before this one.
    """

    num_steps: int
    warmup_steps: int
    peak: float
    final: float | None = None
    slug: str | None = None

    @property
    def words(self) -> str:
        final = "" if self.final is None else f", final={self.final:g}"
        return f"num_steps={self.num_steps}, warmup_steps={self.warmup_steps}, peak={self.peak:g}{final}"

    @property
    def steps(self) -> list[int]:
        """All steps and some after the last, not in order: a schedule is no counter."""
        ahead = [*range(self.num_steps + 4), 2 * self.num_steps + 1, 10 * self.num_steps]
        return ahead[1::2] + ahead[::2]


PLANS = (
    Plan(20, 5, 0.001, 0.0001),
    Plan(24, 8, 0.5),
    Plan(9, 3, 4.0, 1.5),
    Plan(12, 1, 0.002, 0.0),
    Plan(40, 39, 0.01, 0.004),
    Plan(10, 0, 0.003, 0.001, slug="no-warm-up-fails"),
    Plan(1, 0, 0.003, 0.001, slug="no-warm-up-fails"),
)


def scheduled(
    step: int,
    plan: Plan,
    *,
    moved: Callable = lambda step, last: step,
    warm: Callable = lambda step, warmup: (step + 1) / warmup,
    until: Callable = lambda warmup: warmup,
    progress: Callable = lambda step, warmup, last: (step - warmup) / (last - warmup),
    curve: Callable = lambda done: (1 + math.cos(math.pi * done)) / 2,
    product: bool = False,
    between: Callable = lambda peak, final, share: final + (peak - final) * share,
    risen: Callable = lambda peak, final, share: peak * share,
    held: bool = True,
    capped: bool = False,
    at_the_end: Callable = lambda peak, final: final,
) -> float:
    """The oracle: the learning rate of one step. The options are the known ways to get it wrong.

    moved       the step that is looked up
    warm        the share of the peak that a step of the warm-up has
    until       the first step after the warm-up
    progress    how much of the cosine a step has behind it
    curve       the share that is left
    product     whether the warm-up is a factor of the cosine, which runs from the beginning
    between     the rate between peak and final
    risen       the rate in the warm-up
    held        whether the end is held after num_steps
    capped      whether the progress stays at 1
    at_the_end  the rate that is held
    """
    final = plan.final or 0.0
    step = moved(step, plan.num_steps)
    warming = step < until(plan.warmup_steps)
    if warming and not product:
        return risen(plan.peak, final, warm(step, plan.warmup_steps))
    if held and step >= plan.num_steps:
        return at_the_end(plan.peak, final)
    done = progress(step, plan.warmup_steps, plan.num_steps)
    rate = between(plan.peak, final, curve(min(1.0, done) if capped else done))
    return rate * warm(step, plan.warmup_steps) if warming else rate


def rates(plan: Plan, **choices) -> Tensor:
    """The rates of all steps of a plan as shares of its peak."""
    try:
        numbers = [scheduled(step, plan, **choices) / plan.peak for step in plan.steps]
    except ZeroDivisionError as error:
        raise IndexError("the wrong variant does not fit these numbers") from error
    return torch.tensor(numbers, dtype=torch.float64)
