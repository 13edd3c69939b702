"""For each query the positions of its window."""
import torch


def sliding_window_mask(length, window_size):
    start = torch.arange(length)[:, None] - window_size + 1
    return start + torch.arange(window_size) >= 0
