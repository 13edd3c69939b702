"""A softmax, and another one inside torch's function."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    probs = F.softmax(logits, dim=-1)
    return F.cross_entropy(probs.reshape(-1, probs.shape[-1]), targets.reshape(-1))
