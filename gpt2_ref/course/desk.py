"""The learner's desk: `check` an answer, ask for a `hint`, see your `progress`.

A desk is a folder with the file `.gpt2_desk/progress.json`. Where the current folder lies in none (a
solved notebook, a script) everything is kept in memory only and no file is written.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from gpt2_ref import checks
from gpt2_ref.checks.verdict import card
from gpt2_ref.course import bank
from gpt2_ref.course.course_map import CourseMap, Step
from gpt2_ref.course.lessons import ROOT
from gpt2_ref.course.records import RECORD, Desk, Record
from gpt2_ref.course.storage import write_atomically

_last_checked: str | None = None


def check(answer: object, exercise: str | None = None) -> None:
    """Examine an answer: show ✓ when it is right, raise WrongAnswer that says what is wrong when it is not.

    The exercise is found by the answer's own name. On a desk a right answer's source is kept in my_gpt2/.
    Raises NotAttempted for a blank and UnknownExercise for a name that no exercise has.
    """
    global _last_checked
    try:
        passed = checks.examine(answer, exercise)
    except checks.WrongAnswer as wrong:
        _last_checked = wrong.exercise
        _say(_note(wrong.exercise, wrong))
        raise
    _last_checked = passed.exercise
    _show(passed)
    if bank.package_of(answer) == "gpt2_ref":
        _record(passed.exercise, title="the course's own, not written here")
        return _say(f"this is the course's own {passed.exercise}, not yours: it is not counted")
    _say(_note(passed.exercise, None))
    desk = Desk.above()
    if desk.folder:
        _say(bank.keep(answer, passed.exercise, sys._getframe(1).f_globals, desk.folder))


def _note(exercise: str, wrong: "checks.WrongAnswer | None") -> str:
    """Remember how a check ended; returns a line for the learner."""
    attempted = not isinstance(wrong, checks.NotAttempted)

    def change(record: Record) -> None:
        record.passed = record.passed or wrong is None
        record.tries += attempted
        record.last_mistake = wrong and wrong.mistake

    if wrong:
        _record(exercise, attempted=attempted, mistake=wrong.mistake, title=wrong.title, text=str(wrong))
    else:
        _record(exercise, passed=True)
    return Desk.above().update(exercise, change)


def _record(
    exercise: str,
    passed: bool = False,
    attempted: bool = True,
    mistake: str | None = None,
    title: str = "",
    text: str = "",
) -> None:
    """Tell the program that grades this notebook, if one does, how a check ended."""
    entry = locals().copy()
    if path := os.environ.get(RECORD):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def _show(result: object) -> None:
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython():
        from IPython.display import display

        display(result)
    else:
        print(result)


def _say(line: str) -> None:
    if line:
        print(line)


@dataclass(frozen=True)
class Hint:
    """One step towards an answer, shown as a card in a notebook and as text elsewhere."""

    exercise: str
    step: str
    text: str

    def __repr__(self) -> str:
        return f"{self.exercise}, {self.step}: {self.text}"

    def _repr_html_(self) -> str:
        return card(f"{self.exercise}, {self.step}", self.text, ink="#0a3069", paper="#ddf4ff")


def hint(exercise: object = None) -> Hint:
    """The next of three hints, with a word on the mistake of the last check; then all of them and the solution's place.

    `exercise` is its name, the class or the function; without it, the exercise checked last.
    Raises UnknownExercise for a name that no exercise has.
    """
    desk = Desk.above()
    records = desk.records()
    if exercise is None:
        undone = (name for name in checks.EXERCISES if name not in records or not records[name].passed)
        exercise = _last_checked or next(undone, next(iter(checks.EXERCISES)))
    task = checks.find_exercise(exercise, exercise if isinstance(exercise, str) else None)
    name, record = task.name, records.get(task.name, Record())
    steps = {str(number): text for number, text in enumerate(task.hints, start=1)}
    mistake = task.mistake(record.last_mistake) if record.last_mistake else None
    given = next((key for key in steps if key not in record.hints_given), None)
    if given is None:
        lines = [*steps.values(), f"The solution is in {_solution(task.lesson, desk)}."]
        return Hint(name, "all hints", "\n".join(lines))
    about = f"Your last check: {mistake.title}. {mistake.hint}\n" if mistake else ""
    _say(desk.update(name, lambda record: record.hints_given.append(given)))
    return Hint(name, f"hint {given} of {len(steps)}", about + steps[given])


def _solution(lesson: str, desk: Desk) -> str:
    """Where the solved lesson lies: a copy on the desk, because JupyterLab opens nothing outside it."""
    path = Path("solutions", f"{lesson}.ipynb")
    if desk.folder and not (desk.folder / path).exists():
        try:
            write_atomically(desk.folder / path, (ROOT / path).read_bytes())
        except OSError:
            return str(ROOT / path)
    return path.as_posix()


def progress() -> CourseMap:
    """What is passed, tried and still to do; the last expression of a cell shows it as a table."""
    return course_map(Desk.above())


def course_map(desk: Desk) -> CourseMap:
    """The course's exercises with what is remembered of them on `desk`."""
    records = desk.records()
    steps = []
    for name, task in checks.EXERCISES.items():
        record = records.get(name, Record())
        state = "done" if record.passed else "tried" if record.tries else "to do"
        mistake = task.mistake(record.last_mistake) if state == "tried" and record.last_mistake else None
        steps.append(Step(task.lesson, name, state, mistake.title if mistake else ""))
    return CourseMap(tuple(steps))
