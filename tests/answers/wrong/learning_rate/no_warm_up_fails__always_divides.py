"""Divides by the warm-up before it asks whether there is one."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    warm = peak * (step + 1) / warmup_steps
    if step < warmup_steps:
        return warm
    done = min(1.0, (step - warmup_steps) / (num_steps - warmup_steps))
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
