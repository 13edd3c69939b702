"""Counts its own calls and forgets the step."""

import math


calls = 0


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    global calls
    step, calls = calls, calls + 1
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min(1.0, (step - warmup_steps) / (num_steps - warmup_steps))
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
