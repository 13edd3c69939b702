"""Returns the maximum along with the probabilities."""
import torch


def softmax(scores):
    m = scores.amax(dim=-1, keepdim=True)
    e = torch.exp(scores - m)
    return e / e.sum(dim=-1, keepdim=True), m
