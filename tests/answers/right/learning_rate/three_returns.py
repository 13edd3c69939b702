"""One return for each part."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step >= num_steps:
        return final
    progress = (step - warmup_steps) / (num_steps - warmup_steps)
    return final + 0.5 * (peak - final) * (1.0 + math.cos(math.pi * progress))
