"""The lessons that exist, in course order, and where the three files of each one lie.

A lesson exists when its source `solutions/NN_name.py` does: adding one needs no edit here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

ROOT = Path(__file__).resolve().parents[2]


class NoSuchLesson(LookupError):
    """No lesson answers to this name; the text lists those that exist."""


@dataclass(frozen=True)
class Lesson:
    """One lesson: number "01", name "01_layer_norm", title "Layer normalisation"."""

    number: str
    name: str
    title: str
    root: Path = ROOT

    @property
    def topic(self) -> str:
        """The name without its number: also the name of its checks and its figures."""
        return self.name.partition("_")[2]

    @property
    def source(self) -> Path:
        return self.root / "solutions" / f"{self.name}.py"

    @property
    def solved(self) -> Path:
        return self.root / "solutions" / f"{self.name}.ipynb"

    @property
    def blank(self) -> Path:
        return self.root / "notebooks" / f"{self.name}.ipynb"


def read_title(source: Path) -> str:
    """The first heading of a lesson's source without the lesson's number."""
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            if heading := re.match(r"# # (?:\d+\s*[·.:-]?\s*)?(\S.*)", line):
                return heading[1].strip()
    return source.stem


def discover(root: Path = ROOT) -> list[Lesson]:
    """The lessons under `root` in course order."""
    sources = sorted((root / "solutions").glob("[0-9][0-9]_*.py"))
    return [Lesson(source.stem[:2], source.stem, read_title(source), root) for source in sources]


LESSONS = discover()


def find(text: str, lessons: Sequence[Lesson] = LESSONS) -> Lesson:
    """The lesson called "01", "1", "01_layer_norm", "layer_norm" or by one of its files.

    Raises NoSuchLesson, which lists the lessons there are.
    """
    wanted = PurePath(text).name.removesuffix(".ipynb").removesuffix(".py")
    for lesson in lessons:
        by_number = wanted.isdecimal() and int(wanted) == int(lesson.number)
        if by_number or wanted in (lesson.name, lesson.topic):
            return lesson
    names = ", ".join(lesson.name for lesson in lessons) or "none yet"
    raise NoSuchLesson(f"there is no lesson {text!r}; the lessons are: {names}")
