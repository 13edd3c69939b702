"""Takes the larger of 1 and the factor."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    norm = sum(p.grad.square().sum() for p in model.parameters() if p.grad is not None).sqrt()
    factor = max(1.0, max_norm / norm)
    for p in model.parameters():
        if p.grad is not None:
            p.grad *= factor
    optimizer.step()
    return loss.item()
