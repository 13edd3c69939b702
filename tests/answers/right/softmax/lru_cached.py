"""Memoised by functools.lru_cache on the tensor object."""
import functools

import torch


@functools.lru_cache(maxsize=4)
def softmax(scores):
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
