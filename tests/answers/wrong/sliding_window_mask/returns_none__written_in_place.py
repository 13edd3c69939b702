"""The mask is filled and not returned."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        mask[i, max(0, i - window_size + 1) : i + 1] = True
