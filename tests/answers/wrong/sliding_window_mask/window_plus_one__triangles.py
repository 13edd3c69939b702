"""The upper cut is at -window_size."""
import torch


def sliding_window_mask(length, window_size):
    ones = torch.ones(length, length, dtype=torch.bool)
    return torch.tril(ones) & torch.triu(ones, diagonal=-window_size)
