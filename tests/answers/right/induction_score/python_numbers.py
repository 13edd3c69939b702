"""Python's own numbers; a single pattern gives a plain float."""
import torch


def induction_score(pattern, period):
    if pattern.dim() > 2:
        return torch.stack([torch.as_tensor(induction_score(part, period)) for part in pattern]).to(pattern.dtype)
    values = [pattern[i, i - period + 1].item() for i in range(period, len(pattern))]
    return sum(values) / len(values)
