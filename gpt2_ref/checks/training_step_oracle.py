"""The oracle of train_step."""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn

from gpt2_ref.checks.training_loss_oracle import cross_entropy
from gpt2_ref.checks.training_setups import SETUPS, Setup, flat


def gradients_of(parameters: Iterable[nn.Parameter]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def norm_of(gradients: Sequence[Tensor]) -> float:
    return math.sqrt(sum(gradient.square().sum().item() for gradient in gradients))


def scale_all(gradients: Sequence[Tensor], factor: float) -> None:
    for gradient in gradients:
        gradient.mul_(factor)


def share(part: float, whole: float) -> float:
    return part / whole if whole else math.inf


def together(gradients: Sequence[Tensor], max_norm: float) -> None:
    scale_all(gradients, min(1.0, share(max_norm, norm_of(gradients))))


def everything(model: nn.Module, _optimizer: torch.optim.Optimizer) -> list[list[nn.Parameter]]:
    return [list(model.parameters())]


def the_loss(loss: Tensor, **_: object) -> float:
    return loss.item()


def one_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    input_ids: Tensor,
    targets: Tensor,
    max_norm: float = 1.0,
    *,
    default: float = 1.0,
    zero: str = "before",
    taken: Callable = lambda input_ids, targets: (input_ids, targets),
    loss: Callable = cross_entropy,
    trained_on: Callable = lambda loss, targets: loss,
    clip: Callable = together,
    measured_together: Callable = everything,
    shortened: Callable = gradients_of,
    told: Callable = the_loss,
) -> Tensor:
    """The oracle: one step of training, returns the loss. The options are the known ways to get it wrong."""
    if zero == "before":
        optimizer.zero_grad()
    input_ids, targets = taken(input_ids, targets)
    logits = model(input_ids)
    value = loss(logits, targets)
    trained_on(value, targets).backward()
    norm = norm_of(gradients_of(model.parameters()))
    for parameters in measured_together(model, optimizer):
        clip(shortened(parameters), max_norm)
    optimizer.step()
    if zero == "after":
        optimizer.zero_grad()
    number = told(
        loss=value.detach(), logits=logits.detach(), targets=targets, norm=norm, again=lambda: model(input_ids)
    )
    return torch.tensor(number)


def rehearsed(setup: Setup, scales: Sequence[float], **choices) -> Iterator[Tensor]:
    """What a variant of the oracle does to a setup, call by call: the loss, and how far each number moves."""
    model, optimizer = setup.build()
    max_norm = choices.get("default", 1.0) if setup.max_norm is None else setup.max_norm
    for (ids, targets), scale in zip(setup.batches(), scales, strict=True):
        before = flat(model)
        loss = one_step(model, optimizer, ids, targets, max_norm, **choices)
        yield torch.cat([loss[None], (flat(model) - before) / scale])


@functools.cache
def scales_of(number: int, dtype: torch.dtype) -> tuple[float, ...]:
    """The largest move of any number in each call on a setup, for moves to be compared in shares of it."""
    setup = SETUPS[number]
    return tuple(move[1:].abs().max().item() for move in rehearsed(setup, [1.0] * len(setup.shapes)))
