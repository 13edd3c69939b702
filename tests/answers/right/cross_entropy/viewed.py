"""Flattens with view, which wants its input contiguous."""

import torch


def cross_entropy(logits, targets):
    x = logits.view(-1, logits.size(-1))
    y = targets.view(-1)
    return -(x.log_softmax(1)[range(y.numel()), y]).mean()
