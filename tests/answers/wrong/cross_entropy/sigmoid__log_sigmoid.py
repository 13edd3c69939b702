"""Squashes each logit on its own."""

import torch


def cross_entropy(logits, targets):
    p = torch.sigmoid(logits).gather(-1, targets.unsqueeze(-1))
    return -p.log().mean()
