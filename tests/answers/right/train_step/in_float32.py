"""Computes the loss in float32."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids).float()
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
