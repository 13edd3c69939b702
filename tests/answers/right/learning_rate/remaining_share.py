"""Counts down what is left."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    left = max(0, num_steps - step) / (num_steps - warmup_steps)
    return final + (peak - final) * (1 - math.cos(math.pi * left)) / 2
