"""Prints as it goes and names its arguments."""

import torch
import torch.nn.functional as F


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    was_training = model.training
    model.train(True)
    optimizer.zero_grad()
    logits = model(input_ids)
    loss = F.cross_entropy(input=logits.reshape(-1, logits.shape[-1]), target=targets.reshape(-1))
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(parameters=model.parameters(), max_norm=max_norm, norm_type=2.0)
    print(f"loss {loss:.3f}, norm {norm:.3f}")
    optimizer.step()
    model.train(was_training)
    return loss.item()
