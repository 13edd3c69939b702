"""Two triangles, True where exactly one of them is."""
import torch


def sliding_window_mask(length, window_size):
    ones = torch.ones(length, length, dtype=torch.bool)
    return ones.tril() ^ ones.tril(-window_size)
