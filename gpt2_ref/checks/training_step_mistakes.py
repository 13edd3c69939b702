"""The ways to get train_step wrong, as variants of its oracle."""

import functools
import math
from collections.abc import Callable, Iterable, Sequence

from torch import Tensor, nn

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.training_loss_oracle import LOSS_MISTAKES, cross_entropy
from gpt2_ref.checks.training_step_oracle import norm_of, scale_all, share, together


def values(gradients: Sequence[Tensor], max_norm: float) -> None:
    for gradient in gradients:
        gradient.clamp_(-max_norm, max_norm)


def numbers_of(parameters: Iterable[nn.Parameter]) -> list[Tensor]:
    return [parameter.detach() for parameter in parameters]


def measured(norm: Callable) -> Callable:
    """Clipping by another measure of the gradients."""
    return lambda gradients, max_norm: scale_all(gradients, min(1.0, share(max_norm, norm(gradients))))


def factor(rule: Callable) -> Callable:
    """Clipping by another factor, given the norm and max_norm."""
    return lambda gradients, max_norm: scale_all(gradients, rule(norm_of(gradients), max_norm))


def limit(number: float) -> dict:
    return {"clip": lambda gradients, _: together(gradients, number)}


def accuracy(logits: Tensor, targets: Tensor, **_: object) -> float:
    return (logits.argmax(dim=-1) == targets).to(logits.dtype).mean().item()


FROM_THE_LOSS = (
    "sum-for-mean",
    "divided-by-vocabulary",
    "no-logarithm",
    "softmax-twice",
    "wrong-axis",
    "targets-shifted-again",
    "positions-left-out",
    "axes-mixed-up",
    "label-smoothing",
    "id-0-left-out",
)
"""The mistakes of cross_entropy that are also made by those who write the loss anew in train_step."""


SUMS = (
    {"trained_on": lambda loss, targets: loss * targets.numel()},
    {"trained_on": lambda loss, targets: loss * targets.shape[0]},
    {"trained_on": lambda loss, targets: loss * targets.shape[1]},
)
"""The sum moves the parameters, the mean is returned."""


def in_a_step(mistake: Mistake) -> Mistake:
    """A mistake of cross_entropy, made in train_step."""
    variants = tuple({"loss": functools.partial(cross_entropy, **choices)} for choices in mistake.variants)
    more = SUMS if mistake.slug == "sum-for-mean" else ()
    return Mistake(mistake.slug, mistake.title, mistake.hint, (*variants, *more))


STEP_MISTAKES = (
    Mistake(
        "gradients-add-up",
        "the gradients of earlier steps are never cleared",
        "backward adds to what is in .grad. What lies there when the second batch comes?",
        ({"zero": "never"},),
    ),
    Mistake(
        "leftover-gradients",
        "gradients that were there before the call count",
        "Somebody called backward before your first step. Which line forgets those gradients, and does it come before "
        "your own backward?",
        ({"zero": "after"},),
    ),
    Mistake(
        "not-clipped",
        "the gradients are not clipped",
        "How long is the gradient of all parameters together when the optimiser takes its step, and what is max_norm?",
        ({"clip": lambda gradients, max_norm: None},),
    ),
    Mistake(
        "clips-each-parameter",
        "each gradient is clipped by itself, or each group of them",
        "Does the direction of the step stay the same if one parameter's gradient is shortened and another's is not? "
        "Whose norm is compared with max_norm?",
        (
            {"measured_together": lambda model, optimizer: [[parameter] for parameter in model.parameters()]},
            {"measured_together": lambda model, optimizer: [group["params"] for group in optimizer.param_groups]},
        ),
    ),
    Mistake(
        "clips-values",
        "single numbers are clipped, not the norm",
        "Which number must not exceed max_norm: the largest entry of a gradient, or the length of all of them "
        "together?",
        ({"clip": values},),
    ),
    Mistake(
        "clips-parameters",
        "the parameters are clipped, not their gradients",
        "Which of the two should be short: p, the numbers that are learned, or p.grad, the direction of the step?",
        (
            {"shortened": numbers_of, "clip": values},
            {"shortened": numbers_of},
            {
                "shortened": numbers_of,
                "measured_together": lambda model, optimizer: [[parameter] for parameter in model.parameters()],
            },
        ),
    ),
    Mistake(
        "always-scales",
        "a gradient shorter than max_norm is made longer",
        "The norm is 0.5 and max_norm is 1. By what do you multiply, and should anything change?",
        (
            {"clip": factor(lambda norm, max_norm: share(max_norm, norm))},
            {"clip": factor(lambda norm, max_norm: max(1.0, share(max_norm, norm)))},
            {"clip": factor(lambda norm, max_norm: share(1, norm))},
        ),
    ),
    Mistake(
        "max-norm-ignored",
        "the gradients are clipped, and not to max_norm",
        "Which number do you clip to: the argument, or one written into the code?",
        (
            *(limit(number) for number in (1.0, 0.5, 5.0, 0.25, 2.0)),
            {"clip": factor(lambda norm, max_norm: 1 / norm if norm > max_norm else 1.0)},
            {"clip": lambda gradients, max_norm: together(gradients, max_norm**2)},
            {"clip": lambda gradients, max_norm: together(gradients, math.sqrt(max_norm))},
        ),
    ),
    Mistake(
        "wrong-factor",
        "the gradients are multiplied by a wrong factor",
        "The norm is 4 and max_norm is 1. By what do the gradients have to be multiplied to have the norm 1?",
        (
            {"clip": factor(lambda norm, max_norm: max_norm)},
            {"clip": factor(lambda norm, max_norm: max_norm if norm > max_norm else 1.0)},
            {"clip": factor(lambda norm, max_norm: norm / max_norm if norm > max_norm else 1.0)},
            {"clip": factor(lambda norm, max_norm: min(1.0, norm / max_norm))},
        ),
    ),
    Mistake(
        "wrong-norm",
        "the length of the gradients is measured in another way",
        "Two gradients have the norms 3 and 4. How long are they together: 7, 25 or 5?",
        (
            {"clip": measured(lambda gradients: sum(norm_of([gradient]) for gradient in gradients))},
            {"clip": measured(lambda gradients: norm_of(gradients) ** 2)},
            {"clip": factor(lambda norm, max_norm: max_norm / norm**2 if norm > max_norm else 1.0)},
            {"clip": measured(lambda gradients: sum(gradient.abs().sum().item() for gradient in gradients))},
            {"clip": measured(lambda gradients: max(gradient.abs().max().item() for gradient in gradients))},
            {"clip": measured(lambda gradients: max(norm_of([gradient]) for gradient in gradients))},
            {"clip": measured(lambda g: sum(norm_of([gradient]) for gradient in g) / len(g))},
            {"clip": measured(lambda g: norm_of(g) / math.sqrt(sum(gradient.numel() for gradient in g)))},
            {"clip": measured(lambda gradients: sum(gradient.sum().item() ** 2 for gradient in gradients) ** 0.5)},
        ),
    ),
    Mistake(
        "norm-of-a-part",
        "the norm is that of some parameters, not of all",
        "Over which parameters does your sum of squares run? And which of them are shortened?",
        (
            {"clip": measured(lambda gradients: norm_of(gradients[:1]))},
            {"clip": measured(lambda gradients: norm_of(gradients[-1:]))},
            {"clip": lambda gradients, max_norm: together(gradients[:1], max_norm)},
            {"measured_together": lambda model, optimizer: [optimizer.param_groups[0]["params"]]},
            {"measured_together": lambda model, optimizer: [optimizer.param_groups[-1]["params"]]},
            {"clip": lambda gradients, max_norm: together([g for g in gradients if g.dim() > 1], max_norm)},
        ),
    ),
    Mistake(
        "goes-uphill",
        "the step makes the loss larger",
        "backward gives the direction in which the loss grows, and the optimiser goes the other way. Who turned the "
        "sign?",
        (
            {"trained_on": lambda loss, targets: -loss},
            {"loss": lambda logits, targets: -cross_entropy(logits, targets)},
        ),
    ),
    Mistake(
        "wrong-tokens",
        "the model learns other tokens than the targets",
        "What goes into the model, input_ids or targets? And with which of them are the logits compared?",
        (
            {"taken": lambda input_ids, targets: (targets, input_ids)},
            {"taken": lambda input_ids, targets: (input_ids, input_ids)},
            {"taken": lambda input_ids, targets: (targets, targets)},
        ),
    ),
    Mistake(
        "loss-after-update",
        "the loss that is returned is that after the update",
        "Which parameters made the loss that you return: those before the step, or those after it?",
        ({"told": lambda logits, targets, again, **_: cross_entropy(again(), targets).item()},),
    ),
    Mistake(
        "not-the-loss",
        "what is returned is not the mean loss of the batch",
        "The parameters move as they should. Which number does your last line hand back?",
        (
            {"told": accuracy},
            {"told": lambda norm, **_: norm},
            {"told": lambda loss, **_: loss.exp().item()},
            {"told": lambda loss, targets, **_: (loss * targets.numel()).item()},
            {"told": lambda loss, targets, **_: (loss * len(targets)).item()},
            {"told": lambda loss, targets, **_: (loss / len(targets)).item()},
            {"told": lambda loss, targets, **_: (loss / targets.numel()).item()},
            {"told": lambda loss, **_: -loss.item()},
            {"told": lambda loss, **_: 0.0},
        ),
    ),
    *(in_a_step(mistake) for mistake in LOSS_MISTAKES if mistake.slug in FROM_THE_LOSS),
    Mistake(
        "other-defaults",
        "max_norm is not 1.0 when none is given",
        "Which default does the exercise's signature give to max_norm?",
        tuple({"default": number} for number in (0.5, 5.0, 0.1, 2.0, 10.0, math.inf)),
    ),
    Mistake(
        "backward-twice",
        "backward runs twice",
        "backward adds to .grad. What lies there after a second call?",
        ({"trained_on": lambda loss, targets: 2 * loss},),
    ),
    Mistake(
        "no-step",
        "the parameters do not move",
        "Who writes the new numbers into the parameters, and is it called?",
    ),
    Mistake(
        "backward-missing",
        "no gradient reaches the parameters",
        "The optimiser reads .grad of every parameter. Which call writes it, and is there a way back from the loss to "
        "the parameters?",
    ),
    Mistake(
        "zeroed-before-step",
        "the gradients are cleared between backward and step",
        "What does the optimiser find in .grad when it takes its step?",
    ),
    Mistake(
        "step-before-backward",
        "the optimiser takes its step before backward",
        "Which gradients does the optimiser use: those of this batch, or those that were there before?",
    ),
    Mistake(
        "steps-twice",
        "the optimiser takes more than one step",
        "How many times is step called for one batch?",
    ),
    Mistake(
        "optimizer-unused",
        "the optimiser that it is given is not used",
        "The optimiser remembers earlier gradients and has its own learning rates. Who moves the parameters in your "
        "code, and does it know of them?",
    ),
    Mistake(
        "optimizer-changed",
        "the options of the optimiser are changed",
        "Who decides about the learning rate: this step, or the loop that calls it?",
    ),
    Mistake(
        "no-graph",
        "backward is called on a loss that has no graph",
        "What cuts the graph between the parameters and the loss: torch.no_grad(), detach(), item(), argmax?",
    ),
    Mistake(
        "gradient-missing",
        "a parameter without a gradient is an error",
        "What is .grad of a parameter that is frozen, or before the first backward? What do you do with it?",
    ),
    Mistake(
        "impossible-token",
        "the loss or the step is not finite where logits are large",
        "What is the softmax of a token 1000 below the largest, and what is its logarithm? Which of your functions "
        "takes logits as they are?",
    ),
    Mistake(
        "eval-mode",
        "the model runs in evaluation mode",
        "What does eval() switch off, and should it be off while the model learns?",
    ),
    Mistake(
        "not-averaged",
        "the loss is one number for each position",
        "How many numbers does the optimiser need for a batch, and how do you get from many to one?",
    ),
    Mistake(
        "returns-no-number",
        "it does not return the loss as a number",
        "What does the last line hand back: a float, or a tensor with one number in it?",
    ),
)
