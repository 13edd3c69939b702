"""Looks at the newest token."""


def induction_score(pattern, period):
    return pattern[..., -1, -period]
