"""Every pattern by itself, put back into the shape."""
import torch


def one(pattern, period):
    length = len(pattern)
    return torch.stack([pattern[i][i - period + 1] for i in range(period, length)]).mean()


def induction_score(pattern, period):
    flat = pattern.reshape(-1, *pattern.shape[-2:])
    return torch.stack([one(single, period) for single in flat]).reshape(pattern.shape[:-2])
