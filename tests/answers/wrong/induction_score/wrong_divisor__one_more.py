"""Counts the queries wrongly."""


def induction_score(pattern, period):
    length = pattern.shape[-1]
    picked = pattern[..., period:, 1 : length - period + 1].diagonal(dim1=-2, dim2=-1)
    return picked.sum(-1) / (length - period + 1)
