"""Divides by the batch only."""

import torch


def cross_entropy(logits, targets):
    batch_size = logits.shape[0]
    losses = logits.logsumexp(-1) - logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return losses.sum() / batch_size
