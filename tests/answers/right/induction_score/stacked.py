"""The entries are stacked along a new axis."""
import torch


def induction_score(pattern, period):
    length = pattern.size(-1)
    return torch.stack([pattern[..., i, i + 1 - period] for i in range(period, length)]).mean(dim=0)
