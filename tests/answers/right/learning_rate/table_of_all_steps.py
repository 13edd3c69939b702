"""Makes a list of all rates and looks one up."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    up = [peak * (n + 1) / warmup_steps for n in range(warmup_steps)]
    length = num_steps - warmup_steps
    down = [final + (peak - final) * (1 + math.cos(math.pi * n / length)) / 2 for n in range(length)]
    rates = up + down + [final]
    return rates[min(step, num_steps)]
