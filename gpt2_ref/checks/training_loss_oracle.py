"""The oracle of cross_entropy, and the ways to get it wrong."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gpt2_ref.checks.engine import Mistake


def everything(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    return logits, targets


def logarithms(logits: Tensor) -> Tensor:
    return logits.log_softmax(dim=-1)


def of_the_target(logs: Tensor, targets: Tensor) -> Tensor:
    return logs.gather(-1, targets.unsqueeze(-1)).squeeze(-1)


def mean(picked: Tensor, _shape: torch.Size) -> Tensor:
    return picked.mean()


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    *,
    keep: Callable = everything,
    logs: Callable = logarithms,
    pick: Callable = of_the_target,
    average: Callable = mean,
    after: Callable = torch.neg,
) -> Tensor:
    """The oracle: logits (..., vocab), targets (...) -> mean of -log softmax. The options are ways to get it wrong.

    keep     the positions that count
    logs     what is made of the logits
    pick     the number of each position
    average  what is made of these numbers, given the shape of the logits
    after    the last step
    """
    shape = logits.shape
    logits, targets = keep(logits, targets)
    return after(average(pick(logs(logits), targets), shape))


# The mistakes


def along(axis: int) -> Callable:
    return lambda logits: logits.log_softmax(dim=axis if axis < logits.dim() else -1)


def moved_along(axis: int) -> Callable:
    """The largest logit is taken along another axis, and what was moved is forgotten."""

    def logs(logits: Tensor) -> Tensor:
        along_this = axis if axis < logits.dim() else -1
        return (logits - logits.amax(dim=along_this, keepdim=True)).log_softmax(dim=-1)

    return logs


def over_everything(logits: Tensor) -> Tensor:
    return logits.flatten().log_softmax(dim=0).view_as(logits)


def smoothed(amount: float) -> Callable:
    def pick(logs: Tensor, targets: Tensor) -> Tensor:
        return (1 - amount) * of_the_target(logs, targets) + amount * logs.mean(dim=-1)

    return pick


def reshaped(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """What F.cross_entropy takes for (batch, vocab, sequence) when the logits are reshaped, not transposed."""
    batch, vocab_size = logits.shape[0], logits.shape[-1]
    if logits.dim() < 3:
        raise IndexError("no axes to mix up")
    return logits.reshape(batch, vocab_size, -1).transpose(1, 2).reshape(*targets.shape, vocab_size), targets


def without_id_0(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    return logits[targets != 0], targets[targets != 0]


def squared_distance(logs: Tensor, targets: Tensor) -> Tensor:
    return -((logs.exp() - F.one_hot(targets, logs.shape[-1])) ** 2).mean(dim=-1)


def each_on_its_own(logits: Tensor, targets: Tensor) -> Tensor:
    """A yes or no for every token of the vocabulary."""
    return -F.binary_cross_entropy_with_logits(
        logits, F.one_hot(targets, logits.shape[-1]).to(logits.dtype), reduction="none"
    )


def yes_and_no(logs: Tensor, targets: Tensor) -> Tensor:
    """The same with the probabilities of a softmax."""
    hot = F.one_hot(targets, logs.shape[-1])
    return hot * logs + (1 - hot) * (1 - logs.exp()).log()


def positions(keep: Callable) -> Callable:
    return lambda logits, targets: (keep(logits), keep(targets))


def right_guesses(logits: Tensor, targets: Tensor) -> Tensor:
    return (logits.argmax(dim=-1) == targets).to(logits.dtype)


LAST = {"keep": lambda logits, targets: (logits[..., -1:, :], targets[..., -1:])}
SHIFTED = {"keep": lambda logits, targets: (logits[..., :-1, :], targets[..., 1:])}

LOSS_MISTAKES = (
    Mistake(
        "no-minus",
        "the sign is wrong",
        "The logarithm of a probability is never above 0. Should a loss go up or down when the prediction gets better?",
        ({"after": lambda loss: loss},),
    ),
    Mistake(
        "sum-for-mean",
        "the losses of the positions are added up, not averaged",
        "If the batch were twice as large and every position as well predicted as now, what should the loss be?",
        (
            {"average": lambda picked, shape: picked.sum()},
            {"average": lambda picked, shape: picked.sum() / shape[0]},
            {"average": lambda picked, shape: picked.sum() / shape[-2]},
        ),
    ),
    Mistake(
        "divided-by-vocabulary",
        "the mean runs over the vocabulary too",
        "Of each row of logits one number counts. By how many numbers do you divide: the positions, or positions "
        "times vocabulary?",
        (
            {"average": lambda picked, shape: picked.mean() / shape[-1]},
            {"average": lambda picked, shape: picked.sum() / shape[-1]},
        ),
    ),
    Mistake(
        "wrong-axis",
        "it works along another axis than the last",
        "For logits of shape (2, 3, 5), how many numbers compete for each probability: 2, 3 or 5?",
        (
            *({"logs": logs(axis)} for logs in (along, moved_along) for axis in (1, 0, -2)),
            {"logs": over_everything},
        ),
    ),
    Mistake(
        "no-softmax",
        "there is no softmax: the logits are not divided by the sum of their exponentials",
        "What must the probabilities of all tokens at one position add up to, and which line makes them do so?",
        (
            {"logs": lambda logits: logits},
            {"logs": lambda logits: logits - logits.amax(dim=-1, keepdim=True)},
            {"logs": lambda logits: logits, "pick": lambda logs, targets: of_the_target(logs, targets).abs().log()},
        ),
    ),
    Mistake(
        "no-logarithm",
        "the logarithm is missing",
        "At a position that is predicted with certainty the loss is 0. What does yours give there?",
        ({"logs": lambda logits: logits.softmax(dim=-1)}, {"logs": lambda logits: logits.softmax(dim=-1) - 1}),
    ),
    Mistake(
        "log-of-mean",
        "the logarithm is taken of the mean, not the mean of the logarithms",
        "Which comes first: the logarithm of each position, or the mean over them? Do both orders give the same?",
        ({"logs": lambda logits: logits.softmax(dim=-1), "after": lambda chance: -chance.log()},),
    ),
    Mistake(
        "other-base",
        "the logarithm has another base than e",
        "Three tokens equally likely: is your loss log(3) = 1.0986, or another number? Which function is the natural "
        "logarithm?",
        (
            {"logs": lambda logits: logarithms(logits) / math.log(2)},
            {"logs": lambda logits: logarithms(logits) / math.log(10)},
            {"logs": lambda logits: (logits * math.log(2)).log_softmax(dim=-1) / math.log(2)},
        ),
    ),
    Mistake(
        "softmax-twice",
        "the softmax is taken twice",
        "What does the function that you call expect: logits, probabilities, or logarithms of probabilities?",
        ({"logs": lambda logits: logits.softmax(dim=-1).log_softmax(dim=-1)},),
    ),
    Mistake(
        "sigmoid",
        "each token of the vocabulary is judged on its own",
        "Exactly one token comes next. Do the tokens of a row know about each other in your loss?",
        (
            {"logs": F.logsigmoid},
            {"logs": lambda logits: logits, "pick": each_on_its_own},
            {"logs": lambda logits: logits, "pick": lambda x, targets: each_on_its_own(x, targets).sum(dim=-1)},
            {"pick": yes_and_no},
            {"pick": lambda logs, targets: yes_and_no(logs, targets).sum(dim=-1)},
        ),
    ),
    Mistake(
        "squared-error",
        "it is the squared distance between probabilities and targets",
        "Which logarithm stands in the equation, and where is it in your code?",
        (
            {"pick": squared_distance},
            {"pick": lambda logs, targets: logs.shape[-1] * squared_distance(logs, targets)},
        ),
    ),
    Mistake(
        "target-ignored",
        "the targets do not choose the probability",
        "Whose probability counts at a position: that of the likeliest token, of every token, or of the token that "
        "came?",
        (
            {"pick": lambda logs, targets: logs.amax(dim=-1)},
            {"pick": lambda logs, targets: logs},
            {"pick": lambda logs, targets: logs, "average": lambda picked, shape: picked.sum(dim=-1).mean()},
            {"pick": lambda logs, targets: logs.exp() * logs, "average": lambda p, shape: p.sum(dim=-1).mean()},
        ),
    ),
    Mistake(
        "accuracy",
        "it counts right guesses",
        "Which number becomes a little better when a probability grows from 0.2 to 0.3: the share of right guesses, or "
        "the loss?",
        (
            {"logs": lambda logits: logits, "pick": right_guesses, "after": lambda share: share},
            {"logs": lambda logits: logits, "pick": right_guesses, "after": lambda share: 1 - share},
        ),
    ),
    Mistake(
        "every-target-everywhere",
        "every position is compared with the targets of all positions",
        "logs[:, targets] takes all targets in every row. Which function takes one number from each row?",
        (
            {"pick": lambda logs, targets: logs[..., targets.flatten()]},
            {
                "pick": lambda logs, targets: torch.stack(
                    [row.flatten(0, -2)[:, ids.flatten()].mean() for row, ids in zip(logs, targets, strict=True)]
                )
            },
        ),
    ),
    Mistake(
        "targets-shifted-again",
        "the targets are shifted by one once more",
        "The targets hold the token that comes after each position already. Which line moves them again?",
        (
            SHIFTED,
            {"pick": lambda logs, targets: of_the_target(logs, targets.roll(-1, dims=-1))},
            {"pick": lambda logs, targets: of_the_target(logs, targets.flatten().roll(-1).view_as(targets))},
        ),
    ),
    Mistake(
        "positions-left-out",
        "not all positions count",
        "How many positions does the batch have, and how many of them reach the mean?",
        (
            LAST,
            {"keep": positions(lambda x: x[:1])},
            {"keep": positions(lambda x: x[-1:])},
            {"keep": lambda logits, targets: (logits[..., :-1, :], targets[..., :-1])},
            {"keep": lambda logits, targets: (logits[..., 1:, :], targets[..., 1:])},
            {"keep": lambda logits, targets: (logits[..., :1, :], targets[..., :1])},
        ),
    ),
    Mistake(
        "id-0-left-out",
        "targets with the id 0 are left out",
        "Is id 0 a token like the others? Who told the loss to skip it?",
        (
            {"keep": without_id_0},
            {"keep": without_id_0, "average": lambda picked, shape: picked.sum() / shape[:-1].numel()},
        ),
    ),
    Mistake(
        "axes-mixed-up",
        "the axes are reshaped where they should be transposed",
        "After reshape(batch, vocab, sequence), do the numbers of one column still belong to one position?",
        ({"keep": reshaped},),
    ),
    Mistake(
        "label-smoothing",
        "a share of the loss comes from the other tokens",
        "How much do the tokens that did not come count in the equation? What does label_smoothing do?",
        tuple({"pick": smoothed(amount)} for amount in (0.1, 0.05, 0.2, 0.01)),
    ),
    Mistake(
        "perplexity",
        "this is the perplexity, the exponential of the loss",
        "Which function stands last in your code, and is it in the equation?",
        ({"after": lambda logs: (-logs).exp()},),
    ),
    Mistake(
        "epsilon-in-logarithm",
        "a small number inside the logarithm caps the loss",
        "A token has the probability exp(-1000). What is log(exp(-1000)), and what is log(exp(-1000) + 1e-9)?",
        (
            *(
                {"logs": lambda logits, eps=eps: (logits.softmax(dim=-1) + eps).log()}
                for eps in (1e-9, 1e-8, 1e-12, 1e-10, 1e-7, 1e-6, 1e-5, 1e-15, 1e-20, 1e-30)
            ),
            *(
                {"logs": lambda logits, eps=eps: logits.softmax(dim=-1).clamp(min=eps).log()}
                for eps in (1e-9, 1e-8, 1e-12, 1e-10, 1e-7, 1e-6, 1e-5, 1e-15, 1e-20, 1e-30, 1e-40)
            ),
        ),
    ),
    Mistake(
        "large-logits",
        "it goes wrong when logits are far from 0",
        "What is torch.exp(torch.tensor(1000.))? What may you subtract from a row of logits without changing its "
        "softmax, and is it the same number for every row?",
    ),
    Mistake(
        "impossible-token",
        "the loss is wrong where the target is nearly impossible",
        "The softmax of a token 1000 below the largest is rounded to 0. What is log(0), and can you reach the "
        "logarithm without making the probability first?",
    ),
    Mistake(
        "only-some-shapes",
        "it takes logits of shape (batch, sequence, vocab) only",
        "The exercise says (..., vocab): one leading axis or four. Which line counts axes or names their number?",
    ),
    Mistake(
        "not-averaged",
        "it returns the loss of every position",
        "The optimiser needs one number for the batch. Which one is it?",
    ),
    Mistake(
        "returns-number",
        "it returns a Python number, through which no gradient can flow",
        "What does item() or float() leave of a tensor, and what does backward() need?",
    ),
)
