"""Asserts and a warning before the work."""
import warnings

import torch


def softmax(scores):
    assert isinstance(scores, torch.Tensor), "a tensor, please"
    assert scores.is_floating_point()
    if scores.shape[-1] == 1:
        warnings.warn("one class only")
    shifted = scores - scores.detach().amax(dim=-1, keepdim=True)
    numerator = shifted.exp()
    return numerator / numerator.sum(dim=-1, keepdim=True)
