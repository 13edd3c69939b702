"""Only the causal half."""
import torch


def sliding_window_mask(length, window_size):
    return torch.tril(torch.ones(length, length, dtype=torch.bool))
