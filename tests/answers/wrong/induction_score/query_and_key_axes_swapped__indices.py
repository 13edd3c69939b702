"""Writes the key's index first."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    return pattern[..., i - period + 1, i].mean(dim=-1)
