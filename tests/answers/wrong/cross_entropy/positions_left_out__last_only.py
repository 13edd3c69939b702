"""Looks at the last position, as when writing."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    return F.cross_entropy(logits[:, -1], targets[:, -1])
