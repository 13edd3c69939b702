"""A function for each part."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    def rising():
        return peak * (step + 1) / warmup_steps

    def falling():
        done = (step - warmup_steps) / (num_steps - warmup_steps)
        return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2

    return rising() if step < warmup_steps else falling() if step < num_steps else final
