"""Leaves out the last token, since nothing follows it."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, max(pattern.shape[-1] - 1, period + 1))
    return pattern[..., i, i - period + 1].mean(dim=-1)
