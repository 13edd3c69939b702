"""The slice begins at i - window_size."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        mask[i, max(0, i - window_size) : i + 1] = True
    return mask
