"""Confuses exp2 with exp."""
import torch


def softmax(scores):
    shifted = scores - torch.amax(scores, -1, keepdim=True)
    return torch.exp2(shifted) / torch.exp2(shifted).sum(-1, keepdim=True)
