"""Subtracts the log of the sum and forgets the last exponential."""
import torch


def softmax(scores):
    z = scores - scores.amax(dim=-1, keepdim=True)
    return z - torch.log(torch.exp(z).sum(dim=-1, keepdim=True))
