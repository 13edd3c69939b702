"""One triangle: too far back is cut off, the future is not."""
import torch


def sliding_window_mask(length, window_size):
    return torch.ones(length, length, dtype=torch.bool).triu(1 - window_size)
