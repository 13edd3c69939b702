"""Masks are remembered by length and window."""
import functools

import torch


@functools.lru_cache(maxsize=None)
def sliding_window_mask(length, window_size):
    offset = torch.arange(length).unsqueeze(1) - torch.arange(length)
    return torch.logical_and(offset.ge(0), offset.lt(window_size))
