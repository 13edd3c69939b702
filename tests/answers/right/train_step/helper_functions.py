"""Splits the step into helpers."""

import torch
import torch.nn.functional as F


def loss_of(model, ids, targets):
    logits = model(ids)
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


def shorten(parameters, limit):
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    for g in gradients:
        g.copy_(g if norm <= limit else g / norm * limit)


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_of(model, input_ids, targets)
    loss.backward()
    shorten(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
