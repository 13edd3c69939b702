"""Divides by at least 1."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    warm = (step + 1) / max(warmup_steps, 1)
    if step < warmup_steps:
        return warm * peak
    x = min(max((step - warmup_steps) / max(num_steps - warmup_steps, 1), 0.0), 1.0)
    return final + (peak - final) * (0.5 + 0.5 * math.cos(x * math.pi))
