"""Adds the last axis back by indexing with None."""
import torch


def softmax(x):
    x = x - x.amax(-1)[..., None]
    x = torch.exp(x)
    return x / x.sum(-1)[..., None]
