"""The lower triangle, cut off below by another triangle."""
import torch


def sliding_window_mask(length, window_size):
    ones = torch.ones(length, length, dtype=torch.bool)
    return ones.tril().triu(1 - window_size)
