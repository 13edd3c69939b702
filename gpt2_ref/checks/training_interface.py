"""Whether a function of lesson 11 takes its arguments in the order of the exercise."""

import inspect
from collections.abc import Callable

from gpt2_ref.checks.learner import Trial, Wrong


def in_this_order(*names: str) -> Callable[[Trial], None]:
    """A property: an answer that calls its arguments as the exercise does has them in the same order."""

    def arguments_in_order(trial: Trial) -> None:
        try:
            signature = inspect.signature(trial.answer)
        except (TypeError, ValueError):
            return
        known = [name for name in signature.parameters if name in names]
        if len(known) == len(names) and known != list(names):
            expected = f"{trial.name}({', '.join(names)})"
            raise Wrong("forward-arguments", expected=expected, yours=f"{trial.name}{signature}")

    return arguments_in_order
