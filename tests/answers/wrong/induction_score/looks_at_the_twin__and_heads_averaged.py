"""The twin itself, and one number for all heads."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    return pattern[..., i, i - period].mean()
