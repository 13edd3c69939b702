"""The gradient of logsumexp, taken by torch.func.grad."""
import torch


def softmax(scores):
    return torch.func.grad(lambda s: torch.logsumexp(s, -1).sum())(scores)
