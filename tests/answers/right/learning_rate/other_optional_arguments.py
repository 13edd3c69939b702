"""Takes more options, with defaults."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0, *, cycles=0.5):
    if step < warmup_steps:
        return peak * (step + 1) / max(1, warmup_steps)
    progress = min(1.0, float(step - warmup_steps) / float(max(1, num_steps - warmup_steps)))
    return final + (peak - final) * max(0.0, 0.5 * (1.0 + math.cos(math.pi * cycles * 2.0 * progress)))
