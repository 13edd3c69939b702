"""Caps the step at the last one."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    step = min(step, num_steps)
    if step < warmup_steps:
        rate = peak * ((step + 1) / warmup_steps)
    else:
        angle = math.pi * (step - warmup_steps) / (num_steps - warmup_steps)
        rate = final + (peak - final) / 2 * (math.cos(angle) + 1)
    return rate
