"""Half the window before, half after."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    return (position[:, None] - position).abs() <= window_size // 2
