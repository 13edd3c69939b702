"""One token too far, and not averaged."""


def induction_score(pattern, period):
    length = pattern.shape[-1]
    return sum(pattern[..., i, i - period + 2] for i in range(period, length) if i - period + 2 < length)
