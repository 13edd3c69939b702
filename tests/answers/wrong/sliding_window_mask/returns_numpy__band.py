"""A numpy array."""
import numpy as np


def sliding_window_mask(length, window_size):
    ones = np.ones((length, length), dtype=bool)
    return np.tril(ones) & ~np.tril(ones, -window_size)
