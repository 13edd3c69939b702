"""One diagonal after the other."""
import torch


def sliding_window_mask(length, window_size):
    band = torch.zeros(length, length)
    for back in range(min(window_size, length)):
        band = band + torch.diag(torch.ones(length - back), -back)
    return band > 0
