"""Collects the losses in a list and stacks them."""

import torch


def cross_entropy(logits, targets):
    losses = []
    for row, token in zip(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)):
        losses.append(-torch.log_softmax(row, dim=0)[token])
    return torch.stack(losses).mean()
