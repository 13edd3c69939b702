"""One factor, at most 1, for all gradients."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    out = model(input_ids)
    loss = F.cross_entropy(out.view(-1, out.shape[-1]), targets.view(-1))
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.sqrt(sum(g.square().sum() for g in grads))
    factor = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    for g in grads:
        g.mul_(factor)
    optimizer.step()
    return loss.item()
