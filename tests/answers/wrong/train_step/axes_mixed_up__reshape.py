"""Reshapes the logits where they should be transposed."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    logits = model(input_ids)
    batch, sequence, vocab_size = logits.shape
    loss = F.cross_entropy(logits.reshape(batch, vocab_size, sequence), targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
