"""Naming mistakes where many are known: by guesses at the weights, and without trying all pairs of mistakes."""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from torch import Tensor

from gpt2_ref.checks.engine import Mistake, all_close, distance
from gpt2_ref.checks.roles import Weights

Oracle = Callable[..., Tensor]
"""``oracle(number, weights, **choices)`` -> what is made of input `number` with these weights and wrong choices."""


def recognised_by(
    came: Sequence[Tensor], oracle: Oracle, guesses: Iterable[Weights], mistakes: Sequence[Mistake]
) -> Mistake | Weights | None:
    """The mistake that explains the results under one of the guesses at the weights; the guess if they are right.

    Most mistakes leave the result for a single token right, the last of the inputs: they need to be tried only on
    guesses that explain it. The others are tried on every guess.
    """
    known = [(mistake, choices) for mistake in mistakes for choices in mistake.variants]
    alone = len(came) - 1
    wrong_alone: list[bool] = []

    def variant(guess: Weights, **choices) -> Iterator[Tensor]:
        return (oracle(number, guess, **choices) for number in range(len(came)))

    for guess in guesses:
        right = oracle(alone, guess)
        fits = all_close(came[-1], right)
        if fits and distance(came, functools.partial(variant, guess), {}) < math.inf:
            return guess
        if not wrong_alone:
            wrong_alone = [changes(functools.partial(oracle, alone, guess), choices, right) for _, choices in known]
        for (mistake, choices), wrong in zip(known, wrong_alone, strict=True):
            if (fits or wrong) and distance(came, functools.partial(variant, guess), choices) < math.inf:
                return mistake
    return None


def changes(oracle: Callable[..., Tensor], choices: Mapping[str, object], right: Tensor) -> bool:
    """Whether the choices make another result; also where they do not fit the sizes."""
    try:
        return not all_close(oracle(**choices), right)
    except (IndexError, RuntimeError):
        return True


FREQUENT = ("no-mask", "scale-missing", "scale-embed", "scale-without-root", "residual-added")


class Likely:
    """``likely(choices)``: whether these choices make one mistake, or one and a frequent one.

    To try every pair of mistakes takes too long where many are known.
    """

    def __init__(self, mistakes: Sequence[Mistake], frequent: Sequence[str] = FREQUENT):
        self.single = {values_of(choices) for mistake in mistakes for choices in mistake.variants}
        self.frequent = {values_of(mistake.variants[0]) for mistake in mistakes if mistake.slug in frequent}

    def __call__(self, choices: Mapping[str, object]) -> bool:
        values = values_of(choices)
        return (
            not values
            or values in self.single
            or any(more < values and values - more in self.single for more in self.frequent)
        )

    def require(self, choices: Mapping[str, object]) -> None:
        """Raise IndexError, as a variant does that does not fit, for choices that are not likely."""
        if not self(choices):
            raise IndexError("two mistakes that seldom come together")


def values_of(choices: Mapping[str, object]) -> frozenset[tuple[str, int]]:
    return frozenset((name, id(value)) for name, value in choices.items())
