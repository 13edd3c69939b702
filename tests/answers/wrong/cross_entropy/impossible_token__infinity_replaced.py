"""Replaces the infinite loss by a number."""

import torch


def cross_entropy(logits, targets):
    logs = logits.softmax(-1).log()
    logs = torch.where(logs.isinf(), torch.zeros_like(logs), logs)
    return -logs.gather(-1, targets.unsqueeze(-1)).mean()
