"""Calls backward on all losses."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    losses = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    losses.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return losses.mean().item()
