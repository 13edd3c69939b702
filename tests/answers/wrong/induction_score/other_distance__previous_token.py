"""Measures the attention to the token before, from the second pass on."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    return pattern[..., i, i - 1].mean(dim=-1)
