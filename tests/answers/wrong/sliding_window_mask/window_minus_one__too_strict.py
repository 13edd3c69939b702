"""Both ends of the lower comparison are strict."""
import torch


def sliding_window_mask(length, window_size):
    i = torch.arange(length)[:, None]
    j = torch.arange(length)[None, :]
    return (j <= i) & (j > i - window_size + 1)
