"""Takes the leading axes away one by one."""

import torch


def cross_entropy(logits, targets):
    if targets.dim() == 0:
        return logits.logsumexp(0) - logits[targets]
    return torch.stack([cross_entropy(x, t) for x, t in zip(logits, targets)]).mean()
