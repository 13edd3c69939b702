"""Half the window is before the token; the other half was cut off."""
import torch


def sliding_window_mask(length, window_size):
    distance = torch.arange(length)[:, None] - torch.arange(length)
    return (distance >= 0) & (distance <= window_size // 2)
