"""Caps the progress at 1."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return (step + 1) / warmup_steps * peak
    done = min((step - warmup_steps) / (num_steps - warmup_steps), 1.0)
    share = (1 + math.cos(done * math.pi)) / 2
    return share * peak + (1 - share) * final
