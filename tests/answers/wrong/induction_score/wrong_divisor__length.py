"""Divides by the length of the text."""


def induction_score(pattern, period):
    total = sum(pattern[..., i, i - period + 1] for i in range(period, pattern.shape[-1]))
    return total / pattern.shape[-1]
