"""Row and column are swapped where the mask is written."""
import torch


def sliding_window_mask(length, window_size):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for query in range(length):
        for key in range(max(0, query - window_size + 1), query + 1):
            mask[key, query] = True
    return mask
