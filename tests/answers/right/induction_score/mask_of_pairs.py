"""A table that is 1 at the pairs that count."""
import torch


def induction_score(pattern, period):
    place = torch.arange(pattern.shape[-1])
    counts = (place[:, None] - place[None, :] == period - 1) & (place[:, None] >= period)
    return (pattern * counts).sum(dim=(-2, -1)) / counts.sum()
