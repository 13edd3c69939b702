"""Counts what did not come as well."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    p = logits.softmax(-1)
    y = F.one_hot(targets, logits.shape[-1])
    return -(y * p.log() + (1 - y) * (1 - p).log()).sum(-1).mean()
