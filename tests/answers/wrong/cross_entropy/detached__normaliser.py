"""Leaves the sum out of the gradient."""

import torch


def cross_entropy(logits, targets):
    with torch.no_grad():
        total = logits.logsumexp(-1, keepdim=True)
    return (total - logits.gather(-1, targets.unsqueeze(-1))).mean()
