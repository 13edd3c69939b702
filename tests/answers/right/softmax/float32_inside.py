"""Computes in float32 and returns the input's dtype."""
import torch


def softmax(scores):
    z = scores.float()
    z = torch.exp(z - z.amax(-1, keepdim=True))
    return (z / z.sum(-1, keepdim=True)).type_as(scores)
