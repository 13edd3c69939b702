"""The loss of next-token prediction, without the copies of the logits that would be the largest tensors of a step."""

import torch
import torch.nn.functional as F
from torch import Tensor

CHUNK = 2**18
"""Logits that are handled together on a CPU: few enough to stay in a core's cache from the first pass to the last."""


def next_token_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy in float32: logits (batch, sequence, vocab), targets (batch, sequence) -> 0-dim tensor.

    On a CPU, when a gradient is wanted, `logits` are used up: their memory holds the gradient afterwards.
    """
    logits, targets = logits.flatten(0, -2), targets.flatten()
    if logits.device.type != "cpu" or not (torch.is_grad_enabled() and logits.requires_grad):
        return F.cross_entropy(logits.float(), targets)
    return LossInPlace.apply(logits, targets)


class LossInPlace(torch.autograd.Function):
    """Cross-entropy that leaves its gradient, ``(softmax - one at the target) / rows``, where the logits were.

    torch's own keeps the logits in float32, their log-softmax and two gradients: with GPT-2's vocabulary, 51 MB each
    for 256 tokens, new memory every time.
    """

    @staticmethod
    def forward(ctx, logits: Tensor, targets: Tensor) -> Tensor:
        rows = max(1, CHUNK // logits.shape[-1])
        losses = []
        # The chunks are detached, not a new kind of tensor: autograd still notices if a later step needs the logits.
        for scores, target in zip(logits.detach().split(rows), targets[:, None].split(rows), strict=True):
            logs = scores.log_softmax(dim=-1, dtype=torch.float32)
            losses.append(-logs.gather(-1, target))
            gradient = logs.exp_()
            gradient.scatter_add_(-1, target, gradient.new_full(target.shape, -1.0))
            scores.copy_(gradient.mul_(1 / len(targets)))
        ctx.gradient = logits.detach()
        return torch.cat(losses).mean()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, outer: Tensor) -> tuple[Tensor, None]:
        gradient, ctx.gradient = ctx.gradient, None
        if gradient is None:
            raise RuntimeError("the loss was already taken backwards; its gradient is kept for one time only")
        return gradient.mul_(outer.to(gradient.dtype)) if outer != 1 else gradient, None
