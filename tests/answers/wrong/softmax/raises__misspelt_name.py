"""Uses a name that does not exist."""
import torch


def softmax(scores):
    exps = torch.exp(scores - scores.amax(-1, keepdim=True))
    return exps / exp.sum(-1, keepdim=True)
