"""The last window_size columns."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.ones(length, length, dtype=torch.bool).tril()
    mask[:, : max(0, length - window_size)] = False
    return mask
