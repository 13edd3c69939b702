"""For even windows the triangle is one diagonal too high."""
import torch


def sliding_window_mask(length, window_size):
    ahead = 1 - window_size % 2
    return torch.ones(length, length, dtype=torch.bool).tril(ahead).triu(1 - window_size)
