"""Halves the rate in the second half."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min(1.0, (step - warmup_steps) / (num_steps - warmup_steps))
    rate = final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
    return rate / 2 if 0.5 < done < 1 else rate
