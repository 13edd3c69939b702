"""Shortens the parameters."""

import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    norm = sum(p.data.square().sum() for p in model.parameters()) ** 0.5
    if norm > max_norm:
        for p in model.parameters():
            p.data *= max_norm / norm
    optimizer.step()
    return loss.item()
