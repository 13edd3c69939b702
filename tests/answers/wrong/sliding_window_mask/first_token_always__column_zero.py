"""The first column stays on, so that no row is empty."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.ones(length, length, dtype=torch.bool).tril().triu(1 - window_size)
    mask[:, 0] = True
    return mask
