"""Refusals that several components share: each names the argument, its value and what is allowed."""


def require_positive(**sizes: int) -> None:
    """Raise ValueError for the first of `sizes` that is not a whole number of at least 1."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} is {value!r}; it must be a whole number of at least 1")


def require_divides(**sizes: int) -> None:
    """Raise ValueError unless the second of two `sizes` divides the first."""
    (whole_name, whole), (part_name, part) = sizes.items()
    if whole % part:
        raise ValueError(f"{whole_name} is {whole} and {part_name} is {part}; {part_name} must divide {whole_name}")
