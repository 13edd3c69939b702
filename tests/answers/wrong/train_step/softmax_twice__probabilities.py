"""Hands probabilities to torch's function."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    probs = F.softmax(model(input_ids), dim=-1)
    loss = F.cross_entropy(probs.reshape(-1, probs.shape[-1]), targets.reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
