"""Takes warmup_steps before num_steps."""

import math


def learning_rate(step, warmup_steps, num_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min(1.0, (step - warmup_steps) / (num_steps - warmup_steps))
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
