"""Recursion over the leading axes, down to single rows."""
import torch


def softmax(scores):
    if scores.ndim > 1:
        return torch.stack([softmax(part) for part in scores])
    e = torch.exp(scores - max(scores.tolist()))
    return e / sum(e)
