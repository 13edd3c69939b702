"""Normalises over the first axis."""
import torch


def softmax(scores):
    e = torch.exp(scores - scores.amax(dim=0, keepdim=True))
    return e / e.sum(dim=0, keepdim=True)
