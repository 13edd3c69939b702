"""Puts zeros where the target is not, and adds up."""

import torch


def cross_entropy(logits, targets):
    ids = torch.arange(logits.shape[-1], device=logits.device)
    hit = ids.eq(targets.unsqueeze(-1))
    logs = logits.log_softmax(-1)
    return -torch.where(hit, logs, torch.zeros_like(logs)).sum() / targets.numel()
