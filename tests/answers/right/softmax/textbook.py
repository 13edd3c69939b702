"""Subtracts the row's maximum, exponentiates, divides by the row's sum."""
import torch


def softmax(scores):
    largest = scores.amax(dim=-1, keepdim=True)
    exponentials = torch.exp(scores - largest)
    return exponentials / exponentials.sum(dim=-1, keepdim=True)
