"""Subtracts the wrong way round."""

import torch


def cross_entropy(logits, targets):
    rows, ids = logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)
    return (rows[torch.arange(len(ids)), ids] - rows.logsumexp(-1)).mean()
