"""Asks a distribution for the logarithms of its probabilities."""

import torch


def cross_entropy(logits, targets):
    distribution = torch.distributions.Categorical(logits=logits)
    return -distribution.log_prob(targets).mean()
