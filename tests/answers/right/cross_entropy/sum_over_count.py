"""Adds up and divides by the number of targets."""

import torch


def cross_entropy(logits, targets):
    wanted = logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    losses = logits.logsumexp(dim=-1) - wanted
    return losses.sum() / targets.numel()
