"""What is hidden first, then the opposite of it."""
import torch


def sliding_window_mask(length, window_size):
    i, j = torch.meshgrid(torch.arange(length), torch.arange(length), indexing="ij")
    hidden = torch.logical_or(j > i, j <= i - window_size)
    return torch.logical_not(hidden)
