"""Goes to the left where it should go to the right."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    return pattern[..., i, i - period - 1].mean(dim=-1)
