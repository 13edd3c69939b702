"""Takes the diagonal `period` below the main one."""


def induction_score(pattern, period):
    return pattern.diagonal(-period, dim1=-2, dim2=-1).mean(-1)
