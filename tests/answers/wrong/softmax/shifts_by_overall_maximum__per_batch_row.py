"""Shifts by the maximum over all axes but the first."""
import torch


def softmax(scores):
    if scores.dim() == 1:
        biggest = scores.max()
    else:
        biggest = scores.amax(dim=tuple(range(1, scores.dim())), keepdim=True)
        if scores.dim() == 2:
            biggest = scores.amax()
    e = torch.exp(scores - biggest)
    return e / e.sum(-1, keepdim=True)
