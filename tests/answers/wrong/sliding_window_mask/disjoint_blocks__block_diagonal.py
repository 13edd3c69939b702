"""Whole blocks along the diagonal."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for start in range(0, length, window_size):
        mask[start : start + window_size, start : start + window_size] = True
    return mask
