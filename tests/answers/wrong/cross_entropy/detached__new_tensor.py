"""Makes a new tensor of the number."""

import torch


def cross_entropy(logits, targets):
    losses = logits.logsumexp(-1) - logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return torch.tensor(losses.mean().item())
