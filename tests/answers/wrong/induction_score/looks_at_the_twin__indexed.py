"""Takes the attention to i - period."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    return pattern[..., i, i - period].mean(dim=-1)
