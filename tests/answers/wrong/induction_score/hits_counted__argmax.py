"""Counts how often the largest weight stands at the right place."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    return (pattern.argmax(dim=-1)[..., i] == i - period + 1).to(pattern.dtype).mean(dim=-1)
