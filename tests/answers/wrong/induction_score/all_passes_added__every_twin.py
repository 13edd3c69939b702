"""Adds the attention to what followed every earlier copy."""


def induction_score(pattern, period):
    length, total = pattern.shape[-1], 0
    for i in range(period, length):
        for twin in range(i - period, -1, -period):
            total = total + pattern[..., i, twin + 1]
    return total / (length - period)
