"""Ones and zeros as floating-point numbers."""
import torch


def sliding_window_mask(length, window_size):
    return torch.ones(length, length).tril().triu(1 - window_size)
