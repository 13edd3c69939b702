"""Subtracts the maximum from the caller's tensor."""
import torch


def softmax(scores):
    scores -= scores.amax(dim=-1, keepdim=True).clone()
    e = torch.exp(scores)
    return e / e.sum(dim=-1, keepdim=True)
