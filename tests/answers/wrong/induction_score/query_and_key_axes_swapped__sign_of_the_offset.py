"""Takes the diagonal above the main one."""


def induction_score(pattern, period):
    return pattern.diagonal(period - 1, dim1=-2, dim2=-1)[..., 1:].mean(dim=-1)
