"""Switches gradients on for the forward pass."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    with torch.enable_grad():
        logits = model(input_ids)
        loss = F.nll_loss(F.log_softmax(logits, dim=-1).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
    with torch.no_grad():
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
    return loss.item()
