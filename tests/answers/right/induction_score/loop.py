"""One query after the other."""


def induction_score(pattern, period):
    total, count = 0, 0
    for i in range(period, pattern.shape[-2]):
        total = total + pattern[..., i, i - period + 1]
        count += 1
    return total / count
