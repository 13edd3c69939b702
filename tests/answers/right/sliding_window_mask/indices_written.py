"""The visible pairs are listed and written in one go."""
import torch


def sliding_window_mask(length, window_size):
    rows, columns = [], []
    for i in range(length):
        for j in range(max(i - window_size + 1, 0), i + 1):
            rows.append(i)
            columns.append(j)
    mask = torch.zeros(length, length, dtype=torch.bool)
    mask[rows, columns] = True
    return mask
