"""The graders: `examine` judges an answer; one file for each lesson holds its exercises as records."""

from collections.abc import Callable

from gpt2_ref.checks import (
    attention,
    block,
    engine,
    generate,
    gpt2,
    grouped_query,
    kv_cache,
    layer_norm,
    look_inside,
    modern_gpt2,
    rotary,
    sliding_window,
    start_here,
    training,
)
from gpt2_ref.checks.engine import Exercise, Mistake
from gpt2_ref.checks.verdict import Interrupted, NotAttempted, Passed, UnknownExercise, WrongAnswer

__all__ = [
    "EXERCISES",
    "Exercise",
    "Interrupted",
    "Mistake",
    "NotAttempted",
    "Passed",
    "UnknownExercise",
    "WrongAnswer",
    "examine",
    "find_exercise",
]

LESSONS = (
    start_here,
    layer_norm,
    attention,
    block,
    gpt2,
    generate,
    kv_cache,
    sliding_window,
    grouped_query,
    rotary,
    modern_gpt2,
    training,
    look_inside,
)
EXERCISES: dict[str, Exercise] = {exercise.name: exercise for lesson in LESSONS for exercise in lesson.EXERCISES}


def find_exercise(answer: object, exercise: str | None = None) -> Exercise:
    """The exercise of this name, or else the one with the answer's own name. Raises UnknownExercise."""
    return engine.find_exercise(answer, exercise, EXERCISES)


def examine(answer: Callable, exercise: str | None = None) -> Passed:
    """Judge an answer to the exercise of this name (default: the answer's own).

    Raises WrongAnswer when it is wrong, NotAttempted when it is a blank, UnknownExercise when no
    exercise has the name, Interrupted when it is stopped. Reads and writes no file, shows nothing.
    """
    return engine.examine(answer, find_exercise(answer, exercise), EXERCISES)
