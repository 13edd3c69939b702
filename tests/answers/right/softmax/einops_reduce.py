"""Reduces with einops."""
import torch
from einops import reduce


def softmax(scores):
    top = reduce(scores, "... keys -> ... 1", "max")
    weights = torch.exp(scores - top)
    return weights / reduce(weights, "... keys -> ... 1", "sum")
