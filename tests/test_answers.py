"""The catalogue: every right answer passes, every wrong one is rejected under its own name.

An answer is one file in answers/right/EXERCISE or answers/wrong/EXERCISE. The name of a wrong one is that of its
mistake, with underscores, up to a double underscore; `a__and_b` makes two mistakes, and `unnamed` one that has no name.
"""

import importlib.util
from pathlib import Path

import pytest

from gpt2_ref.checks import EXERCISES, Passed, WrongAnswer, examine

ANSWERS = Path(__file__).parent / "answers"
RIGHT = sorted(ANSWERS.glob("right/*/*.py"))
WRONG = sorted(ANSWERS.glob("wrong/*/*.py"))


def load(path: Path) -> object:
    """The answer that a file defines."""
    spec = importlib.util.spec_from_file_location(f"answer_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, path.parent.name)


def mistakes_named(path: Path) -> list[str | None]:
    """The mistakes that a file's name allows: `a__and_b` has two, and is told one of them."""
    name, _, style = path.stem.partition("__")
    names = [name, style.removeprefix("and_")] if style.startswith("and_") else [name]
    return [None if name == "unnamed" else name.replace("_", "-") for name in names]


def label(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", RIGHT, ids=label)
def test_right_answer_passes(path):
    assert isinstance(examine(load(path), path.parent.name), Passed)


@pytest.mark.parametrize("path", WRONG, ids=label)
def test_wrong_answer_is_rejected_under_its_name(path):
    with pytest.raises(WrongAnswer) as told:
        examine(load(path), path.parent.name)
    assert told.value.mistake in mistakes_named(path), str(told.value)
    assert told.value.exercise == path.parent.name


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_catalogue_is_large_enough(exercise):
    assert sum(path.parent.name == exercise for path in RIGHT) >= 6
    assert sum(path.parent.name == exercise for path in WRONG) >= 8


def test_nearly_every_wrong_answer_is_named():
    named = sum(mistakes_named(path) != [None] for path in WRONG)
    assert named >= 0.95 * len(WRONG)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_every_mistake_has_an_answer_that_makes_it(exercise):
    shown = {mistakes_named(path)[0] for path in WRONG if path.parent.name == exercise.name}
    assert {mistake.slug for mistake in exercise.mistakes} <= shown
