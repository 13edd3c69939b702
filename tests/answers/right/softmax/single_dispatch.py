"""functools.singledispatch over the input's type."""
from functools import singledispatch

import torch


@singledispatch
def softmax(scores):
    raise TypeError(type(scores))


@softmax.register
def _(scores: torch.Tensor):
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
