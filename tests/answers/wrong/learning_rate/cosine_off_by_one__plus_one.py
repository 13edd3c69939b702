"""Is one step ahead on the way down."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min(1.0, (step + 1 - warmup_steps) / (num_steps - warmup_steps))
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
