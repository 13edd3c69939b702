"""Asks autograd for the gradients and puts them in place."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    learning = [p for p in model.parameters() if p.requires_grad]
    gradients = torch.autograd.grad(loss, learning, allow_unused=True)
    norm = sum(g.pow(2).sum() for g in gradients if g is not None).sqrt()
    scale = max_norm / max(norm, max_norm)
    for p, g in zip(learning, gradients):
        p.grad = None if g is None else g * scale
    optimizer.step()
    return loss.item()
