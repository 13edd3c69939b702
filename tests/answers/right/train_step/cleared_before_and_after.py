"""Clears on both sides of the step."""

import torch


def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad(set_to_none=True)
    log_p = model(input_ids).log_softmax(-1)
    loss = -log_p.gather(-1, targets.unsqueeze(-1)).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss)
