"""Keeps the rate above final at all times."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        rate = peak * (step + 1) / warmup_steps
    else:
        done = min(1.0, (step - warmup_steps) / (num_steps - warmup_steps))
        rate = final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
    return max(rate, final)
