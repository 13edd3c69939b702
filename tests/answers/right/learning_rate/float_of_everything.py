"""Turns its numbers into floats first."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    step, num_steps, warmup_steps = float(step), float(num_steps), float(warmup_steps)
    if step < warmup_steps:
        return float(peak) * (step + 1.0) / warmup_steps
    x = (min(step, num_steps) - warmup_steps) / (num_steps - warmup_steps)
    return float(final) + 0.5 * (float(peak) - float(final)) * (1.0 + math.cos(math.pi * x))
