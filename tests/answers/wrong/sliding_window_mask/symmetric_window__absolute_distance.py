"""The distance is taken without its sign."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    distance = (position[:, None] - position[None, :]).abs()
    return distance < window_size
