"""Shifted copies of the diagonal; what came round the end is cut off."""
import torch


def sliding_window_mask(length, window_size):
    eye = torch.eye(length, dtype=torch.bool)
    mask = eye.clone()
    for shift in range(1, min(window_size, length)):
        mask |= eye.roll(shift, dims=0)
    return mask.tril()
