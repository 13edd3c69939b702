"""Only the condition on the past."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    return position[:, None] - position < window_size
