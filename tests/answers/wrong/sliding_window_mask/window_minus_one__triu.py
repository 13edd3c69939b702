"""triu from 2 - window_size on."""
import torch


def sliding_window_mask(length, window_size):
    return torch.ones(length, length).tril().triu(2 - window_size).bool()
