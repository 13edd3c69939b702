"""Divides by the batch, as the option batchmean does."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    per_sequence = (-logits.log_softmax(-1) * F.one_hot(targets, logits.size(-1))).flatten(1).sum(1)
    return per_sequence.mean()
