"""Of the past, the part that lies before the window."""
import torch


def sliding_window_mask(length, window_size):
    return torch.ones(length, length).tril(-window_size).bool()
