"""Computes in float64 and returns the input's dtype."""
import torch


def softmax(scores):
    wide = scores.to(torch.float64)
    wide = torch.exp(wide - wide.amax(-1, keepdim=True))
    return (wide / wide.sum(-1, keepdim=True)).to(scores.dtype)
