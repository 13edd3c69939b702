"""A diagonal of the pattern, without its first entry."""


def induction_score(pattern, period):
    return pattern.diagonal(offset=-(period - 1), dim1=-2, dim2=-1)[..., 1:].mean(-1)
