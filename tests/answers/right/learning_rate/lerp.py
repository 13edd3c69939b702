"""Interpolates with torch.lerp."""

import torch


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = torch.tensor(min(1.0, (step - warmup_steps) / (num_steps - warmup_steps)))
    share = (1 + torch.cos(done * torch.pi)) / 2
    return torch.lerp(torch.tensor(final), torch.tensor(peak), share).item()
