"""The mean of squared losses."""

import torch


def cross_entropy(logits, targets):
    losses = logits.logsumexp(-1, keepdim=True) - logits.gather(-1, targets.unsqueeze(-1))
    return (losses**2).mean()
