"""Hands probabilities to nll_loss."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    probabilities = F.softmax(logits, dim=-1)
    return F.nll_loss(probabilities.reshape(-1, logits.shape[-1]), targets.reshape(-1))
