"""Returns all rates."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    rates = []
    for n in range(num_steps):
        if n < warmup_steps:
            rates.append(peak * (n + 1) / warmup_steps)
        else:
            done = (n - warmup_steps) / (num_steps - warmup_steps)
            rates.append(final + (peak - final) * (1 + math.cos(math.pi * done)) / 2)
    return rates
