"""True where a key is hidden."""
import torch


def sliding_window_mask(length, window_size):
    distance = torch.arange(length)[:, None] - torch.arange(length)
    return (distance < 0) | (distance >= window_size)
