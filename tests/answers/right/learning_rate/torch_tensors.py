"""Computes with tensors and returns one."""

import torch


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return torch.tensor(peak * (step + 1) / warmup_steps)
    done = torch.tensor((step - warmup_steps) / (num_steps - warmup_steps)).clamp(max=1.0)
    return final + (peak - final) * (1 + torch.cos(torch.pi * done)) / 2
