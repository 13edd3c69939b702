"""Spreads the warm-up from 0 to the peak."""

import math

import torch


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return torch.linspace(0, peak, warmup_steps)[step].item()
    done = min(1.0, (step - warmup_steps) / (num_steps - warmup_steps))
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
