"""Lesson 11: cross_entropy."""

import functools
import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gpt2_ref.checks.engine import (
    Probe,
    all_close,
    close_gradient,
    diagnose,
    different,
    gradient_reaches,
    nondeterministic,
    stays_the_same,
)
from gpt2_ref.checks.learner import Trial, Wrong, no_trace
from gpt2_ref.checks.training_loss_oracle import LOSS_MISTAKES, cross_entropy

# The answer under trial


class LossTrial(Trial):
    """A trial of a function of logits and targets that gives one number, in float32 or float64."""

    def run(self, function: Callable, *arguments, facts: dict[str, str], **options):
        result = super().run(function, *arguments, facts=facts, **options)
        if isinstance(result, int | float):
            raise Wrong("returns-number", **facts, expected="a tensor of shape ()", yours=f"the number {result:.5g}")
        if isinstance(result, Tensor) and result.dtype in (torch.float32, torch.float64):
            return result.to(arguments[0].dtype)
        return result

    def call(self, function: Callable, *inputs: Tensor, shape: tuple[int, ...] | None = ()) -> Tensor:
        try:
            return super().call(function, *inputs, shape=shape)
        except Wrong as wrong:
            positions = tuple(inputs[1].shape)
            each = (positions, (*positions, 1), (math.prod(positions),), (math.prod(positions), 1))
            if wrong.slug == "wrong-shape" and dict(wrong.facts)["yours"] in [f"shape {shape}" for shape in each]:
                raise Wrong("not-averaged", **dict(wrong.facts)) from None
            raise


def of_a_loss(check_property: Callable[[LossTrial], None]) -> Callable[[Trial], None]:
    """A property that is looked at in a LossTrial."""

    @functools.wraps(check_property)
    def look(trial: Trial) -> None:
        check_property(LossTrial(**vars(trial)))

    return look


def drawn(*shape: int, spread: float = 1.0, offset: float | Tensor = 0.0, words: str = "", slug: str | None = None):
    """A probe: logits of this shape, multiples of 1/8 around `offset`, and targets drawn evenly."""
    logits = (8 * spread * torch.randn(shape)).round() / 8 + offset
    targets = torch.randint(shape[-1], shape[:-1])
    about = words or f"drawn from N(0, {spread**2:g})"
    return Probe(f"logits of shape {shape}, {about}; targets of shape {shape[:-1]}", (logits, targets), slug)


def probes() -> list[Probe]:
    rows = torch.tensor([-2000.0, 0.0, 2000.0])[:, None]
    confident = drawn(2, 3, 5, words="the largest of each row 1000 above the others", slug="impossible-token")
    logits, targets = confident.inputs
    logits[..., 2] += 1000
    targets[0] = torch.tensor([4, 2, 0])
    return [
        drawn(2, 3, 5),
        drawn(3, 2, 7),
        drawn(4, 4, 4, spread=3.0),
        drawn(1, 6, 4),
        drawn(2, 5, 300),
        drawn(1, 1, 3),
        drawn(6, 5, slug="only-some-shapes"),
        drawn(2, 1, 3, 2, 6, slug="only-some-shapes"),
        drawn(2, 3, 5, spread=3.0, offset=800.0, words="all of them near 800", slug="large-logits"),
        drawn(2, 3, 5, spread=3.0, offset=-1500.0, words="all of them near -1500", slug="large-logits"),
        drawn(2, 3, 5, spread=3.0, offset=rows, words="rows near -2000, 0 and 2000", slug="large-logits"),
        confident,
    ]


ORDINARY = 6
"""How many of the probes come first that every learner has in mind: logits of shape (batch, sequence, vocab)."""


# Properties


def loss_values(trial: LossTrial) -> None:
    """Equal to the oracle for any leading axes, large logits included."""
    tried, came, failure = probes(), [], None
    for probe in tried:
        try:
            came.append(trial.call(trial.answer, *probe.inputs).detach())
        except Wrong as wrong:
            failure = wrong
            if wrong.slug in ("raises", "wrong-shape", "not-averaged") and probe.slug == "only-some-shapes":
                failure = Wrong(probe.slug, **(dict(wrong.facts) | {"input": probe.words}))
                failure.mixed_dtypes, failure.__cause__ = wrong.mixed_dtypes, wrong.__cause__
            break

    def variant(**choices) -> Iterator[Tensor]:
        return (cross_entropy(*probe.inputs, **choices) for probe in tried)

    for number, (probe, mine) in enumerate(zip(tried, came, strict=False)):
        right = cross_entropy(*probe.inputs)
        if not all_close(mine, right):
            found = diagnose(came, variant, LOSS_MISTAKES, number)
            if not found and number < ORDINARY:
                found = diagnose(came[:ORDINARY], variant, LOSS_MISTAKES, number)
            wrong = different(probe, mine, right, found, (nondeterministic(trial, trial.answer, probe),))
            wrong.facts = tuple((label, text.removeprefix("[] = ")) for label, text in wrong.facts)
            raise wrong
    if failure is not None:
        raise failure
    stays_the_same(trial, trial.answer, tried[0], came[0], None)


def plain_loss(trial: LossTrial) -> None:
    """Right in float32, as the learner would call it."""
    with no_trace(torch.float32):
        loss_values(trial)


def loss_gradient(trial: LossTrial) -> None:
    """The gradient of the logits is that of the oracle, and finite where a token is nearly impossible."""
    for probe in (probes()[0], probes()[-1]):
        logits, targets = probe.inputs
        logits.requires_grad_()
        came = trial.call(trial.answer, logits, targets)
        gradient_reaches(came, {"logits": logits})
        close_gradient(came, cross_entropy(logits, targets), {"logits": logits}, torch.tensor(10.0))


def other_layouts(trial: LossTrial) -> None:
    """Remarks on slices, which lie apart in memory, and on a single position without any leading axis."""
    logits, targets = drawn(2, 4, 5).inputs
    tries = {
        "it raises an error for slices such as ids[:, 1:], which are not contiguous: reshape takes them, view does "
        "not": (logits[:, :-1], targets[:, 1:]),
        "it raises an error for logits of shape (vocab,) and a single target, which have no leading axis at all": (
            logits[0, 0],
            targets[0, 0],
        ),
    }
    for remark, inputs in tries.items():
        try:
            trial.call(trial.answer, *inputs)
        except Wrong:
            trial.notes.append(remark)
