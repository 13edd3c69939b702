"""Cuts `period` entries off a diagonal that begins at period - 1 already."""


def induction_score(pattern, period):
    diagonal = pattern.diagonal(1 - period, dim1=-2, dim2=-1)
    return diagonal[..., min(period, diagonal.shape[-1] - 1) :].mean(dim=-1)
