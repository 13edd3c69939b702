"""Subtracts the logarithm of the sum and gathers."""

import torch


def cross_entropy(logits, targets):
    logs = logits - torch.logsumexp(logits, dim=-1, keepdim=True)
    return -logs.gather(-1, targets.unsqueeze(-1)).mean()
