"""Writes the falling half wave with a sine."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min((step - warmup_steps) / (num_steps - warmup_steps), 1)
    return peak - (peak - final) * math.sin(math.pi * done / 2) ** 2
