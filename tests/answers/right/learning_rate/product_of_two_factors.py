"""A factor for the warm-up times one for the cosine."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    up = min(1.0, (step + 1) / warmup_steps) if warmup_steps > 0 else 1.0
    done = min(1.0, max(0.0, (step - warmup_steps) / (num_steps - warmup_steps)))
    return up * (final + (peak - final) * (1 + math.cos(math.pi * done)) / 2)
