"""Hands logits to nll_loss."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    return F.nll_loss(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
