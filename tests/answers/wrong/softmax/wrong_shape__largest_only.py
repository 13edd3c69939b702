"""Returns the largest probability of each row."""
import torch


def softmax(scores):
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    p = e / e.sum(-1, keepdim=True)
    return p.max(-1).values
