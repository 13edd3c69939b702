"""Adds up the gradients of one sequence after the other."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    batch = len(input_ids)
    total = 0.0
    for ids, wanted in zip(input_ids, targets):
        loss = F.cross_entropy(model(ids[None])[0], wanted) / batch
        loss.backward()
        total += loss.item()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return total
