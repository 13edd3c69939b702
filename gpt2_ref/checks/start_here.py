"""Lesson 00: softmax."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Exercise, Mistake, Probe, close_gradient, gradient_reaches, judge
from gpt2_ref.checks.learner import Trial, no_trace


def identity(scores: Tensor) -> Tensor:
    return scores


def along(scores: Tensor, axis: int | str) -> tuple[int, ...]:
    """The axes that an option stands for; one that the scores do not have stands for the last."""
    if axis == "all":
        return tuple(range(scores.dim()))
    if axis == "torch's guess":  # what F.softmax takes when dim is left out
        return (0 if scores.dim() in (1, 3) else 1,)
    return (axis if -scores.dim() <= axis < scores.dim() else -1,)


def largest(scores: Tensor, axes: tuple[int, ...]) -> Tensor:
    return scores.amax(dim=axes, keepdim=True)


def nothing(scores: Tensor, _axes: tuple[int, ...]) -> float:
    return 0.0


def softmax(
    scores: Tensor,
    *,
    axis: int | str = -1,
    shift: Callable = largest,
    shift_axis: int | str | None = None,
    positive: Callable = torch.exp,
    divide: bool = True,
    sign: int = 1,
    after: Callable = identity,
) -> Tensor:
    """The oracle: softmax over the last axis. The options are the known ways to get it wrong."""
    scores = sign * scores
    axes = along(scores, axis)
    weights = positive(scores - shift(scores, axes if shift_axis is None else along(scores, shift_axis)))
    return after(weights / weights.sum(dim=axes, keepdim=True) if divide else weights)


def probes() -> list[Probe]:
    scores = torch.randn(2, 3, 5)
    return [
        Probe("scores of shape (2, 3, 5), drawn from N(0, 1)", (scores,)),
        Probe("scores of shape (4, 4), drawn from N(0, 1)", (torch.randn(4, 4),)),
        Probe(
            "scores of shape (5,), drawn from N(0, 1)",
            (
                torch.randn(
                    5,
                ),
            ),
        ),
        Probe("scores of shape (3, 2, 4, 5), drawn from N(0, 9)", (3 * torch.randn(3, 2, 4, 5),)),
        Probe("scores of shape (1, 1), 0.5", (torch.full((1, 1), 0.5),)),
        Probe("scores of shape (7, 300), drawn from N(0, 1)", (torch.randn(7, 300),)),
        Probe("scores of shape (2, 1, 2, 3, 4), drawn from N(0, 1)", (torch.randn(2, 1, 2, 3, 4),)),
        Probe(
            "rows of scores near -2000, 0 and 2000",
            (scores + torch.tensor([[-2000.0], [0.0], [2000.0]]),),
            slug="overflows",
        ),
        Probe("one row: -1000, 0, 1000, 1000", (torch.tensor([[-1000.0, 0.0, 1000.0, 1000.0]]),), slug="overflows"),
        Probe("a row of scores with -inf in it", (torch.tensor([[0.0, -float("inf"), 1.0]]),)),
    ]


def plain(trial: Trial) -> None:
    """Right in float32, as the learner would call it."""
    with no_trace(torch.float32):
        values(trial)


def values(trial: Trial) -> None:
    """Equal to the oracle, large scores and masked ones included."""
    tried = probes()

    def variant(**choices) -> Iterator[Tensor]:
        return (softmax(*probe.inputs, **choices) for probe in tried)

    judge(trial, trial.answer, tried, variant, MISTAKES)


def gradient(trial: Trial) -> None:
    """The gradient of the scores is that of the oracle."""
    scores = torch.randn(2, 5, requires_grad=True)
    came = trial.call(trial.answer, scores)
    gradient_reaches(came, {"scores": scores})
    close_gradient(came, softmax(scores), {"scores": scores}, torch.randn(2, 5))


MISTAKES = (
    Mistake(
        "no-normalisation",
        "the rows are not divided by their sum",
        "What must each row of probabilities add up to?",
        ({"divide": False},),
    ),
    Mistake(
        "no-exponential",
        "the exponential is missing",
        "What does scores / scores.sum() give for a negative score?",
        ({"positive": identity, "shift": nothing}, {"positive": identity}, {"positive": torch.abs, "shift": nothing}),
    ),
    Mistake(
        "wrong-axis",
        "it normalises another axis than the last",
        "For scores of shape (2, 3, 5), how many numbers compete for each probability: 2, 3 or 5?",
        tuple(
            {"axis": axis, "shift_axis": shift_axis}
            for axis in (0, 1, -2, "torch's guess")
            for shift_axis in (axis, -1, "all")
        ),
    ),
    Mistake(
        "all-axes",
        "it normalises over all entries together",
        "What does sum() without dim add up? How many rows must each add up to 1?",
        ({"axis": "all"}, {"axis": "all", "shift_axis": -1}),
    ),
    Mistake(
        "log-softmax",
        "these are logarithms of probabilities",
        "Can a probability be negative?",
        ({"after": torch.log},),
    ),
    Mistake(
        "sigmoid",
        "each score is squashed on its own",
        "Do the entries of a row know about each other?",
        ({"positive": torch.sigmoid, "divide": False, "shift": nothing},),
    ),
    Mistake(
        "wrong-sign",
        "the smallest score gets the largest probability",
        "Should a higher score mean a higher or a lower probability?",
        ({"sign": -1}, {"sign": -1, "shift": lambda scores, axes: scores.amin(dim=axes, keepdim=True)}),
    ),
    Mistake("base-two", "the base is 2, not e", "exp2 or exp?", ({"positive": torch.exp2},)),
    Mistake(
        "overflows",
        "large scores overflow",
        "What is torch.exp(torch.tensor(1000.))? What may you subtract from a row without changing its softmax?",
        ({"shift": nothing}, {"shift": lambda scores, axes: scores.mean(dim=axes, keepdim=True)}),
    ),
    Mistake(
        "shifts-by-overall-maximum",
        "the largest of all scores is subtracted, not the largest of each row",
        "A row lies 2000 below another one. What is exp(-2000), and what is the sum of such a row?",
        ({"shift_axis": "all"},),
    ),
)

EXERCISES = (
    Exercise(
        name="softmax",
        lesson="00_start_here",
        form="function",
        properties=(values, plain, gradient),
        mistakes=MISTAKES,
        hints=(
            "Two steps: make every score positive, then divide each row by its own sum. Which function makes any "
            "number positive and keeps the order?",
            "weights = exp(scores - largest of the row); probabilities = weights / sum of the row. Both the largest "
            "and the sum run over the last axis and keep it, so that the shapes still fit.",
            "scores.amax(dim=-1, keepdim=True) is the largest of each row; weights.sum(dim=-1, keepdim=True) its sum.",
        ),
        shortcuts={"softmax": "softmax"},
    ),
)
