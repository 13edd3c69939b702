"""Measures and shortens in two loops."""

import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.size(-1)), targets.reshape(-1))
    loss.backward()
    total = 0.0
    for p in model.parameters():
        if p.grad is not None:
            total += (p.grad**2).sum().item()
    norm = total**0.5
    if norm > max_norm:
        for p in model.parameters():
            if p.grad is not None:
                p.grad *= max_norm / norm
    optimizer.step()
    return loss.item()
