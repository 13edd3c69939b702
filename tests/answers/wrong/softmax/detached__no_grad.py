"""Switches the gradient off."""
import torch


def softmax(scores):
    with torch.no_grad():
        e = torch.exp(scores - scores.amax(-1, keepdim=True))
        return e / e.sum(-1, keepdim=True)
