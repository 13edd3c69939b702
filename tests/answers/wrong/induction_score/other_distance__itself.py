"""Measures the attention of a token to itself, from the second pass on."""


def induction_score(pattern, period):
    return pattern.diagonal(dim1=-2, dim2=-1)[..., period:].mean(dim=-1)
