"""The norm of the norms of all gradients."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    with torch.no_grad():
        norms = torch.stack([p.grad.norm() for p in model.parameters() if p.grad is not None])
        length = norms.norm()
        if length > max_norm:
            for p in model.parameters():
                if p.grad is not None:
                    p.grad.div_(length / max_norm)
    optimizer.step()
    return loss.item()
