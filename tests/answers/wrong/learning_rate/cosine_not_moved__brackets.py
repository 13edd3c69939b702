"""Puts the brackets in the wrong place."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step >= num_steps:
        return final
    done = (step - warmup_steps) / (num_steps - warmup_steps)
    return final + (peak - final) * (1 + math.cos(math.pi * done) / 2)
