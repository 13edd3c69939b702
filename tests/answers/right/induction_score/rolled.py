"""Every row is rolled so that its right key stands in front."""
import torch


def induction_score(pattern, period):
    rows = [pattern[..., i, :].roll(period - 1 - i, dims=-1)[..., 0] for i in range(period, pattern.shape[-1])]
    return torch.mean(torch.stack(rows, dim=-1), dim=-1)
