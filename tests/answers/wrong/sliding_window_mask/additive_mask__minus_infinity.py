"""0 where a key may be seen, -inf elsewhere."""
import torch


def sliding_window_mask(length, window_size):
    seen = torch.ones(length, length, dtype=torch.bool).tril().triu(1 - window_size)
    return torch.zeros(length, length).masked_fill(~seen, float("-inf"))
