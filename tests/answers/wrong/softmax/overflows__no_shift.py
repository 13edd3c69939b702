"""Leaves the shift out, so large scores overflow."""
import torch


def softmax(scores):
    exponentials = torch.exp(scores)
    return exponentials / exponentials.sum(dim=-1, keepdim=True)
