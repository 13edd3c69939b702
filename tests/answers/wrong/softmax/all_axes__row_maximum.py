"""Shifts each row by its maximum, then divides by the sum of all."""
import torch


def softmax(scores):
    weights = (scores - scores.amax(-1, keepdim=True)).exp()
    return weights / torch.sum(weights)
