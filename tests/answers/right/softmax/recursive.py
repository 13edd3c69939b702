"""Calls itself for each leading axis."""
import torch


def softmax(scores):
    if scores.dim() > 1:
        return torch.stack([softmax(part) for part in scores])
    biggest = scores.max()
    exps = torch.exp(scores - biggest)
    return exps / exps.sum()
