"""Indexes all rows with all targets."""

import torch


def cross_entropy(logits, targets):
    rows = logits.reshape(-1, logits.shape[-1]).log_softmax(-1)
    return -rows[:, targets.reshape(-1)].mean()
