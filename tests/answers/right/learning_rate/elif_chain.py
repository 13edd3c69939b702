"""Ifs, and one return at the end."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    decay_steps = num_steps - warmup_steps
    if step + 1 <= warmup_steps:
        lr = peak * (step + 1) / warmup_steps
    elif step < num_steps:
        lr = final + (peak - final) * 0.5 * (1 + math.cos(math.pi * (step - warmup_steps) / decay_steps))
    else:
        lr = final
    return lr
