"""Picks the maximum by a product with a one-hot row, where 0 times -inf is NaN."""
import torch
import torch.nn.functional as F


def softmax(scores):
    place = F.one_hot(scores.argmax(-1), scores.size(-1)).to(scores.dtype)
    top = (place * scores).sum(-1, keepdim=True)
    e = torch.exp(scores - top)
    return e / e.sum(-1, keepdim=True)
