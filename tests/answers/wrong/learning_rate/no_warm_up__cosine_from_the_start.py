"""Takes the cosine over all steps."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    done = min(1.0, step / num_steps)
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
