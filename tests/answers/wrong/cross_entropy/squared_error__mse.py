"""Mean squared error of the probabilities."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    wanted = F.one_hot(targets, logits.size(-1)).to(logits.dtype)
    return F.mse_loss(logits.softmax(-1), wanted)
