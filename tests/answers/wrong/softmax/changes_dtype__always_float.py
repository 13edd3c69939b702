"""Casts to float32 and stays there."""
import torch


def softmax(scores):
    scores = scores.float()
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
