"""A log-softmax before torch's function, which changes nothing."""

import torch.nn.functional as F


def cross_entropy(logits, targets):
    log_p = F.log_softmax(logits, dim=-1)
    return F.cross_entropy(log_p.reshape(-1, log_p.shape[-1]), targets.reshape(-1))
