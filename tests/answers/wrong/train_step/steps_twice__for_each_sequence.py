"""Takes a step for each sequence."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    losses = []
    for ids, wanted in zip(input_ids, targets):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(ids[None])[0], wanted)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)
