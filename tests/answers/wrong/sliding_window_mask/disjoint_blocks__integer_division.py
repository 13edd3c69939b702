"""Tokens see those of their block of window_size."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    block = position // window_size
    return (block[:, None] == block[None, :]) & (position[:, None] >= position)
