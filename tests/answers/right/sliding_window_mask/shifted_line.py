"""A line of ones between zeros, cut out one place further to the left in each row."""
import torch


def sliding_window_mask(length, window_size):
    width = min(window_size, length)
    line = torch.cat([torch.zeros(length), torch.ones(width), torch.zeros(length)])
    rows = [line[length + width - 1 - i : 2 * length + width - 1 - i] for i in range(length)]
    return torch.stack(rows).bool()
