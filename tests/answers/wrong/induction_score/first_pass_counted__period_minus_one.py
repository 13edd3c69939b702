"""Begins one query too early."""


def induction_score(pattern, period):
    total = 0
    for i in range(period - 1, pattern.shape[-1]):
        total = total + pattern[..., i, i - (period - 1)]
    return total / (pattern.shape[-1] - period + 1)
