"""The warm-up is a cap on the cosine's beginning."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    steps_down = max(0, min(step, num_steps) - warmup_steps)
    cosine = final + (peak - final) * (1 + math.cos(math.pi * steps_down / (num_steps - warmup_steps))) / 2
    line = peak * (step + 1) / warmup_steps if warmup_steps else peak
    return min(line, cosine) if step < warmup_steps else cosine
