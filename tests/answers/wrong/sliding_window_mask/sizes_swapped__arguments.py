"""The two arguments come in the other order."""
import torch


def sliding_window_mask(window_size, length):
    distance = torch.arange(length)[:, None] - torch.arange(length)
    return (distance >= 0) & (distance < window_size)
