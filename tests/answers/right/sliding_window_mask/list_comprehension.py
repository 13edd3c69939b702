"""Lists of truth values, made into a tensor at the end."""
import torch


def sliding_window_mask(length, window_size):
    return torch.tensor([[0 <= i - j < window_size for j in range(length)] for i in range(length)])
