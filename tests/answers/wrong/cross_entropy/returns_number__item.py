"""Returns a Python number."""

import torch


def cross_entropy(logits, targets):
    logs = torch.log_softmax(logits, -1)
    return -logs.gather(-1, targets.unsqueeze(-1)).mean().item()
