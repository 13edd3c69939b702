"""Overflows and then paints over the NaN."""
import torch


def softmax(scores):
    e = torch.exp(scores)
    return torch.nan_to_num(e / e.sum(-1, keepdim=True))
