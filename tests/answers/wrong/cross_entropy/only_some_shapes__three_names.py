"""Unpacks three axes."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    batch, sequence, vocab_size = logits.shape
    return F.cross_entropy(logits.reshape(batch * sequence, vocab_size), targets.reshape(batch * sequence))
