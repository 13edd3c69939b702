"""Two loops and an if."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros((length, length), dtype=torch.bool)
    for i in range(length):
        for j in range(length):
            if j <= i and j > i - window_size:
                mask[i, j] = True
    return mask
