"""einsum along the diagonal of a part of the pattern."""
import torch


def induction_score(pattern, period):
    length = pattern.shape[-1]
    square = pattern[..., period:, 1 : length - period + 1]
    return torch.einsum("...ii->...", square) / (length - period)
