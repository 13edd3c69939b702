"""Scales copies of the gradients."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    gradients = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    for g in gradients:
        g = g * min(1.0, max_norm / norm)
    optimizer.step()
    return loss.item()
