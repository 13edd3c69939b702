"""A table of distances and two comparisons."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    distance = position[:, None] - position[None, :]
    return (distance >= 0) & (distance < window_size)
