"""Writes the half cosine as the square of a cosine of half the angle."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step > num_steps:
        return final
    half_angle = math.pi / 2 * (step - warmup_steps) / (num_steps - warmup_steps)
    return final + (peak - final) * math.cos(half_angle) ** 2
