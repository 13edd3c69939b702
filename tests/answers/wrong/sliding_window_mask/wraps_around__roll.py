"""Shifted diagonals that come back at the other side."""
import torch


def sliding_window_mask(length, window_size):
    eye = torch.eye(length, dtype=torch.bool)
    mask = eye.clone()
    for shift in range(1, window_size):
        mask |= eye.roll(shift, dims=0)
    return mask
