"""The warm-up is a factor of a cosine that runs from the beginning."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    cosine = final + (peak - final) * (1 + math.cos(math.pi * min(1.0, step / num_steps))) / 2
    if step < warmup_steps:
        return cosine * (step + 1) / warmup_steps
    return cosine
