"""Rolls the targets."""

import torch


def cross_entropy(logits, targets):
    following = targets.roll(-1, dims=-1)
    return -logits.log_softmax(-1).gather(-1, following.unsqueeze(-1)).mean()
