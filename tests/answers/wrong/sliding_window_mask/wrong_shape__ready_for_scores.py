"""Two axes of length 1 in front, for batch and heads."""
import torch


def sliding_window_mask(length, window_size):
    band = torch.ones(length, length, dtype=torch.bool).tril().triu(1 - window_size)
    return band[None, None]
