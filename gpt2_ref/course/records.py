"""What a learner has done, exercise by exercise, kept in a folder (the desk) or in memory where there is none."""

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gpt2_ref.course.storage import exclusive, keep_backup, write_atomically

MARKER = Path(".gpt2_desk", "progress.json")
RECORD = "GPT2_REF_RECORD"  # environment variable: a file that gets one JSON line per check, while grading

try:
    STARTED_IN = Path.cwd()  # a learner's cell may change the folder later
except OSError:
    STARTED_IN = Path(os.sep)

# Changes that no file holds: all of them without a desk (folder None), and those that could not be stored on one.
_pending: "dict[Path | None, list[tuple[str, Callable[[Record], None]]]]" = {}


@dataclass
class Record:
    """What is remembered of one exercise; `hints_given` holds the slugs of mistakes and the steps "1", "2", "3"."""

    passed: bool = False
    tries: int = 0
    last_mistake: str | None = None
    hints_given: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, entry: object) -> "Record":
        """A missing field gets its default and an unknown one is left out. Raises ValueError for a wrong type."""
        types = {"passed": bool, "tries": int, "last_mistake": str | None, "hints_given": list}
        if not isinstance(entry, dict):
            raise ValueError(f"it is {entry!r}")
        known = {name: entry[name] for name in types if name in entry}
        for name, value in known.items():
            if not isinstance(value, types[name]):
                raise ValueError(f"{name} is {value!r}")
        return cls(**known)


class Desk:
    """The learner's folder, or None where there is none, and what is remembered in it."""

    def __init__(self, folder: Path | None):
        self.folder = folder

    @classmethod
    def above(cls, start: Path | None = None) -> "Desk":
        """The desk that `start` lies in; solutions on it are not the learner's work.

        Without `start`: the current folder, else the one in which Python was started.
        """
        if RECORD in os.environ:
            return cls(None)
        for place in (start,) if start else (Path(), STARTED_IN):
            with contextlib.suppress(OSError):  # the folder may have been deleted
                place = place.resolve()
                for folder in (place, *place.parents):
                    if (folder / MARKER).is_file():
                        return cls(None if (folder / "solutions") in (place, *place.parents) else folder)
        return cls(None)

    def create(self) -> None:
        """Put the marker in the folder where it is missing."""
        if not (self.folder / MARKER).exists():
            write_atomically(self.folder / MARKER, _to_json({}))

    def records(self) -> dict[str, Record]:
        """Exercise name -> Record, as far as the file can be read."""
        stored = {}
        with contextlib.suppress(OSError):
            stored, _ = self._stored()
        return self._with_pending(stored)

    def _stored(self) -> tuple[dict[str, Record], bool]:
        """The records, and whether the file is damaged (then with those that can still be read)."""
        records, damaged = {}, False
        if self.folder and (self.folder / MARKER).exists():
            try:
                entries = json.loads((self.folder / MARKER).read_text(encoding="utf-8-sig"))["exercises"].items()
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                entries, damaged = (), True
            for name, entry in entries:
                try:
                    records[name] = Record.from_json(entry)
                except ValueError:
                    damaged = True
        return records, damaged

    def update(self, exercise: str, change: Callable[[Record], None]) -> str:
        """Apply `change` to the exercise's record and store it; returns a line for the learner, "" when all is well.

        Never raises OSError: what cannot be stored stays in memory and goes with the next update.
        """
        _pending.setdefault(self.folder, []).append((exercise, change))
        if not self.folder:
            return ""
        line, file = "", self.folder / MARKER
        try:
            with exclusive(file.with_name("lock")):
                stored, damaged = self._stored()
                if damaged:
                    backup = keep_backup(file, file.parent)
                    rest = "what could be read of it is kept" if stored else "a fresh one is begun"
                    line = f"progress.json was damaged; it is kept as {backup.name}: {rest}"
                write_atomically(file, _to_json(self._with_pending(stored)))
                del _pending[self.folder]
        except OSError as error:
            return f"your progress could not be stored: {error}"
        return line

    def _with_pending(self, records: dict[str, Record]) -> dict[str, Record]:
        for exercise, change in _pending.get(self.folder, ()):
            change(records.setdefault(exercise, Record()))
        return records


def _to_json(records: dict[str, Record]) -> str:
    return json.dumps({"exercises": {name: asdict(record) for name, record in records.items()}}, indent=1) + "\n"
