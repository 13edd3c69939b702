"""Takes the real part of a turning arrow."""

import math


import cmath


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min(step - warmup_steps, num_steps - warmup_steps) / (num_steps - warmup_steps)
    return final + (peak - final) * (1 + cmath.exp(1j * math.pi * done).real) / 2
