"""A band of window_size on both sides of the diagonal."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        mask[i, max(0, i - window_size) : min(length, i + window_size + 1)] = True
    return mask
