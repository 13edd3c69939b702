"""Forgets the root."""

import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    total = 0.0
    for p in model.parameters():
        if p.grad is not None:
            total += p.grad.pow(2).sum().item()
    if total > max_norm:
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(max_norm / total)
    optimizer.step()
    return loss.item()
