"""Looks at the second pass and at no later one."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, min(2 * period, pattern.shape[-1]))
    return pattern[..., i, i - period + 1].mean(dim=-1)
