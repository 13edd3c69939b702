"""Takes the token after the one that followed."""
import torch


def induction_score(pattern, period):
    length = pattern.shape[-1]
    found = [pattern[..., i, i - period + 2] for i in range(period, length) if i - period + 2 < length]
    return torch.stack(found, -1).mean(-1)
