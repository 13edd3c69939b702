"""The mean of the main diagonal of a square cut out of the pattern."""


def induction_score(pattern, period):
    count = pattern.shape[-1] - period
    square = pattern[..., -count:, 1 : 1 + count]
    return square.diagonal(0, -2, -1).sum(-1) / count
