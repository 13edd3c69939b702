"""The first window_size columns of the triangle."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.ones(length, length, dtype=torch.bool).tril()
    mask[:, window_size:] = False
    return mask
