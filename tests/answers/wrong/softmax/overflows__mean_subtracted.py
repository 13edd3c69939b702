"""Subtracts the mean in place of the maximum."""
import torch


def softmax(scores):
    finite = torch.where(torch.isinf(scores), torch.zeros_like(scores), scores)
    shifted = scores - finite.mean(dim=-1, keepdim=True)
    e = torch.exp(shifted)
    return e / e.sum(dim=-1, keepdim=True)
