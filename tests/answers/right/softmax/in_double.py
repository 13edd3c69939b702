"""Computes in float64 and casts back to the dtype of the scores."""
import torch


def softmax(scores):
    s = scores.to(torch.float64)
    s = s - s.amax(dim=-1, keepdim=True)
    p = s.exp() / s.exp().sum(dim=-1, keepdim=True)
    return p.to(scores.dtype)
