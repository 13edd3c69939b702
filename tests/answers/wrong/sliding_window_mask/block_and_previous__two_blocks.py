"""The block of the token and the block before."""
import torch


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    back = position[:, None] // window_size - position[None, :] // window_size
    return (back >= 0) & (back <= 1) & (position[:, None] >= position)
