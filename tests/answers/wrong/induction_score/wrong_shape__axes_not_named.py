"""diagonal without dim1 and dim2 takes the first two axes."""


def induction_score(pattern, period):
    return pattern.diagonal(1 - period)[..., 1:].mean(dim=-1)
