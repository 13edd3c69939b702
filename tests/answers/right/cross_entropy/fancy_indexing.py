"""Flattens and picks by row and column numbers."""

import torch


def cross_entropy(logits, targets):
    rows = logits.reshape(-1, logits.shape[-1])
    columns = targets.reshape(-1)
    numbers = torch.arange(len(columns), device=logits.device)
    return -rows.log_softmax(dim=1)[numbers, columns].mean()
