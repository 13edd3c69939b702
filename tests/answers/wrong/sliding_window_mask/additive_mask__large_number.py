"""-1e9 where a key is hidden."""
import torch


def sliding_window_mask(length, window_size):
    seen = torch.ones(length, length).tril().triu(1 - window_size)
    return (1 - seen) * -1e9
