"""Shifts by the maximum of the whole tensor: a low row underflows to 0/0."""
import torch


def softmax(scores):
    shifted = scores - scores.max()
    exponentials = torch.exp(shifted)
    return exponentials / exponentials.sum(dim=-1, keepdim=True)
