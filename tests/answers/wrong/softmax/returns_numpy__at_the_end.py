"""Turns the result into a numpy array."""
import torch


def softmax(scores):
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    return (e / e.sum(dim=-1, keepdim=True)).detach().numpy()
