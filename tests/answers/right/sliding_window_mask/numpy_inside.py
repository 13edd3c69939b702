"""Computed in numpy, handed over as a tensor."""
import numpy as np
import torch


def sliding_window_mask(length, window_size):
    full = np.ones((length, length), dtype=bool)
    return torch.from_numpy(np.tril(full) & ~np.tril(full, -window_size))
