"""A text longer than twice the window gets a window twice as wide."""
import torch


def sliding_window_mask(length, window_size):
    if length > 2 * window_size:
        window_size = 2 * window_size
    distance = torch.arange(length)[:, None] - torch.arange(length)
    return (distance >= 0) & (distance < window_size)
