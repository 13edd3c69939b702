"""Flattens the leading axes and leaves them flat."""
import torch


def softmax(scores):
    rows = scores.reshape(-1, scores.size(-1))
    e = torch.exp(rows - rows.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
