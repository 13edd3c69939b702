"""Everything in the past, without what lies too far back."""
import torch


def sliding_window_mask(length, window_size):
    past = torch.tril(torch.ones(length, length)).bool()
    too_far = torch.tril(torch.ones(length, length), diagonal=-window_size).bool()
    return past & ~too_far
