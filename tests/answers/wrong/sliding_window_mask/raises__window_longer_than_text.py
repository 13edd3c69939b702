"""The diagonals of a window that is longer than the text have no room."""
import torch


def sliding_window_mask(length, window_size):
    band = torch.zeros(length, length)
    for back in range(window_size):
        band += torch.diag(torch.ones(length - back), -back)
    return band.bool()
