"""A factor for the warm-up that is 0 at first."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    up = min(1.0, step / warmup_steps) if warmup_steps else 1.0
    done = min(1.0, max(0, step - warmup_steps) / (num_steps - warmup_steps))
    return up * (final + (peak - final) * (1 + math.cos(math.pi * done)) / 2)
