"""Adds up and does not divide."""


def induction_score(pattern, period):
    return pattern.diagonal(1 - period, dim1=-2, dim2=-1)[..., 1:].sum(dim=-1)
