"""An additive mask is made first; True is where it is 0."""
import torch


def sliding_window_mask(length, window_size):
    added = torch.full((length, length), float("-inf")).triu(1)
    added = added + torch.full((length, length), float("-inf")).tril(-window_size)
    return added == 0
