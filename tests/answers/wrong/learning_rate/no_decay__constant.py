"""Stays at the peak."""

import math


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak
