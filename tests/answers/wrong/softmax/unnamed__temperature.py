"""Scales the scores by the root of their number first."""
import torch


def softmax(scores):
    scores = scores / scores.size(-1) ** 0.5
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)
