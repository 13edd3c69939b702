"""Prints the result where it should return it."""
import torch


def softmax(scores):
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    print(e / e.sum(dim=-1, keepdim=True))
