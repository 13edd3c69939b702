"""Swings around the middle between peak and final."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak / warmup_steps * (step + 1)
    middle, swing = (peak + final) / 2, (peak - final) / 2
    done = min(1, (step - warmup_steps) / (num_steps - warmup_steps))
    return middle + swing * math.cos(math.pi * done)
