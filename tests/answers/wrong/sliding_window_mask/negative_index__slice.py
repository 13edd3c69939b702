"""The slice of the first rows begins at a negative index."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        mask[i, i - window_size + 1 : i + 1] = True
    return mask
