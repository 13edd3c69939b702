"""Computes the sum and forgets to divide by it."""
import torch


def softmax(x):
    x = x - torch.max(x, dim=-1, keepdim=True)[0]
    numerator = torch.exp(x)
    denominator = numerator.sum(dim=-1, keepdim=True)
    return numerator
