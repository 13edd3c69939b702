"""Computes with numpy."""

import numpy as np


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return np.float64(peak) * (step + 1) / warmup_steps
    done = np.clip((step - warmup_steps) / (num_steps - warmup_steps), 0, 1)
    return final + (peak - final) * 0.5 * (1 + np.cos(np.pi * done))
