"""Grading notebooks: each is run under nbval as it is, and judged by what its own check cells recorded.

A notebook is never written. A check counts only in its own, unchanged cell, so that a deleted, wrapped
or redefined check cannot pass.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gpt2_ref.checks import EXERCISES
from gpt2_ref.course.cell_report import first_line
from gpt2_ref.course.environment import with_course
from gpt2_ref.course.lessons import LESSONS, Lesson
from gpt2_ref.course.records import RECORD

CELL_SECONDS = 300.0
COLUMNS = ["submission", "lesson", "exercise", "result", "mistake", "text", "problems"]


class NotGradable(Exception):
    """A file that cannot be run as a lesson; the text says why."""


@dataclass(frozen=True)
class Verdict:
    """One exercise: `result` is passed, wrong, blank, missing (no check cell) or "not run"."""

    exercise: str
    result: str
    text: str = ""
    mistake: str | None = None

    def __str__(self) -> str:
        sign = {"passed": "✓", "blank": "·"}.get(self.result, "✗")
        slug = f" ({self.mistake})" if self.mistake else ""
        return f"{sign} {self.exercise}  {self.text}{slug}".rstrip()


@dataclass
class Report:
    """What grading one notebook found; `problems` are the lines about anything but a wrong answer."""

    path: Path
    lesson: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return not self.problems and all(verdict.result == "passed" for verdict in self.verdicts)

    @property
    def passed(self) -> int:
        return sum(verdict.result == "passed" for verdict in self.verdicts)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.verdicts), *(f"! {problem}" for problem in self.problems)])


def grade(path: Path, cell_timeout: float = CELL_SECONDS, lessons: Sequence[Lesson] = LESSONS) -> Report:
    """Run the notebook at `path` in its own folder and judge its exercises. Never raises for a bad notebook."""
    named = lesson_named(path, lessons)
    report = Report(path, named.name if named else "")
    try:
        cells = read_cells(path)
        lesson = named or lesson_of(cells, lessons)
        report.lesson = lesson.name
        mine = [cell for cell in cells if cell["cell_type"] == "code"]
        checks = {name: place_of(cell, mine) for name, cell in check_cells(lesson).items()}
        runs = run_cells(path, cell_timeout) if mine else []
    except NotGradable as error:
        return not_run(report, str(error))
    report.verdicts = [judge(name, place, runs) for name, place in checks.items()]
    places = [place for place in checks.values() if isinstance(place, int)]
    unfinished = [
        place
        for verdict, place in zip(report.verdicts, checks.values(), strict=True)
        if verdict.result != "passed" and isinstance(place, int)
    ]
    report.problems += cell_problems(runs, set(places), min(unfinished, default=len(runs)), cell_timeout)
    return report


def not_run(report: Report, problem: str) -> Report:
    report.problems.append(problem)
    report.verdicts = [Verdict(name, "not run") for name in exercises_of(report.lesson)]
    return report


def read_cells(path: Path) -> list[dict]:
    """The cells of a notebook, each with its source as one text. Raises NotGradable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotGradable("there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotGradable(f"it cannot be read: {error}") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            raise NotGradable(f"line {number} is the mark of an unfinished merge: {line[:40]}")
    try:
        cells = json.loads(text)["cells"]
        return [{**cell, "source": "".join(cell["source"])} for cell in cells if cell["cell_type"]]
    except json.JSONDecodeError as error:
        raise NotGradable(f"it is not a notebook: line {error.lineno} is not JSON ({error.msg})") from None
    except (KeyError, TypeError, RecursionError):
        raise NotGradable("it is not a notebook of format 4") from None


def lesson_named(path: Path, lessons: Sequence[Lesson]) -> Lesson | None:
    """The lesson whose name stands in the file's name."""
    return next((lesson for lesson in lessons if lesson.name in path.stem), None)


def lesson_of(cells: Sequence[dict], lessons: Sequence[Lesson]) -> Lesson:
    """The lesson that a notebook is a copy of: by its check cells' ids, else their code. Raises NotGradable."""
    checks = {lesson: check_cells(lesson).values() for lesson in lessons}
    ids = {cell.get("id") for cell in cells} - {None}
    codes = {code_of(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
    for lesson in lessons:
        if any(cell["id"] in ids for cell in checks[lesson]):
            return lesson
    for lesson in lessons:
        if any(code_of(cell["source"]) in codes for cell in checks[lesson]):
            return lesson
    raise NotGradable(f"it is none of the lessons: {', '.join(lesson.name for lesson in lessons)}")


def exercises_of(lesson: str) -> list[str]:
    return [name for name, exercise in EXERCISES.items() if exercise.lesson == lesson]


def check_cells(lesson: Lesson) -> dict[str, dict]:
    """Exercise name -> its check cell in the blank lesson. Raises NotGradable."""
    try:
        blank = read_cells(lesson.blank)
    except NotGradable as error:
        raise NotGradable(f"the blank lesson {lesson.blank} is needed to compare with: {error}") from None
    cells = {}
    for name in exercises_of(lesson.name):
        tagged = [cell for cell in blank if "check" in cell["metadata"].get("tags", [])]
        cells[name] = next((cell for cell in tagged if re.search(rf"\b{name}\b", cell["source"])), None)
        if cells[name] is None:
            raise NotGradable(f"the blank lesson {lesson.blank} has no check cell for {name}")
    return cells


def code_of(source: str) -> str:
    """What the cell does, whatever its comments and spaces; its text where it is not plain Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a learner's "\d" is not for the teacher
            return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()


def place_of(cell: dict, mine: Sequence[dict]) -> int | str:
    """Where the check cell stands among the learner's code cells, or what is wrong with it."""
    code = code_of(cell["source"])
    same = [place for place, other in enumerate(mine) if code_of(other["source"]) == code]
    if same:
        return same[-1]
    changed = any(other.get("id") == cell["id"] for other in mine)
    line = first_line(cell["source"])
    return f"its check cell was changed: make it `{line}` again" if changed else f"{line} is missing: restore the cell"


def judge(exercise: str, place: int | str, runs: Sequence[dict]) -> Verdict:
    """The verdict that the exercise's own check cell recorded."""
    if isinstance(place, str):
        return Verdict(exercise, "missing", place)
    checks = [check for run in runs[place : place + 1] for check in run["checks"] if check["exercise"] == exercise]
    if not checks:
        return Verdict(exercise, "not run", "its check did not run")
    last = checks[-1]
    if last["passed"]:
        return Verdict(exercise, "passed")
    if not last["attempted"]:
        return Verdict(exercise, "blank", "not written yet")
    error = re.search(r"^ +error +(.+)", last["text"], flags=re.MULTILINE) if last["mistake"] == "raises" else None
    title = f"{last['title']}: {error[1]}" if error else last["title"]
    return Verdict(exercise, "wrong", shortened(title), last["mistake"])


def shortened(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def cell_problems(runs: Sequence[dict], checks: set[int], first_unfinished: int, cell_timeout: float) -> list[str]:
    """Lines about the cells that failed; those after an unfinished exercise are only counted."""
    problems, later = [], 0
    for place, run in enumerate(runs):
        error = shortened((run["error"].strip().splitlines() or [""])[0])
        if run["outcome"] == "timeout":
            problems.append(f"a cell did not end within {cell_timeout:g} seconds: {run['line']}")
        elif run["outcome"] == "dead":
            problems.append(f"the kernel died in a cell: {run['line']}")
        elif run["outcome"] == "failed" and not (place in checks and run["checks"]):
            if place > first_unfinished:
                later += 1
            else:
                problems.append(f"a cell failed: {run['line']}: {error}")
    if later:
        problems.append(f"{counted(later, 'later cell')} failed too: finish the exercises first")
    return problems


def run_cells(path: Path, cell_timeout: float) -> list[dict]:
    """How each code cell ended (see cell_report). Raises NotGradable when not even the first one was run."""
    with tempfile.TemporaryDirectory(prefix="gpt2_ref_grade_") as name:
        folder = Path(name)
        # A settings file of our own keeps pytest from looking for one above the notebook.
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        command = [sys.executable, "-m", "pytest", str(path.resolve()), "-c", str(folder / "pytest.ini")]
        command += ["-p", "nbval.plugin", "-p", "gpt2_ref.course.cell_report", "-p", "no:cacheprovider", "--noconftest"]
        command += ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", f"{cell_timeout:g}", "-q"]
        command += ["--cell-report", str(folder / "cells.jsonl")]
        surroundings = {**with_course(), RECORD: str(folder / "checks.jsonl"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        surroundings.pop("PYTEST_ADDOPTS", None)
        done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, errors="replace")
        try:
            lines = (folder / "cells.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            said = (done.stdout + done.stderr).strip() or f"pytest ended with status {done.returncode}"
            # pytest marks the error's own line by an E; its last line only counts errors.
            own = re.findall(r"^E +(?:[\w.]+\.)?(\w.*)", said, flags=re.MULTILINE) or said.splitlines()
            raise NotGradable(f"it could not be run: {shortened(own[-1])}") from None
    return [json.loads(line) for line in lines]


def grade_all(
    paths: Sequence[Path],
    cell_timeout: float = CELL_SECONDS,
    lessons: Sequence[Lesson] = LESSONS,
    say: Callable[[str], None] = print,
    keep: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """Grade one notebook after the other; tells each as it is done, and a table at the end of several.

    `keep` gets each report as soon as it is there.
    """
    reports = []
    for path in paths:
        say(f"{path}")
        try:
            report = grade(path, cell_timeout, lessons)
        except Exception as error:  # one notebook must never end the run of a whole class
            named = lesson_named(path, lessons)
            problem = shortened(f"it could not be graded: {type(error).__name__}: {error}")
            report = not_run(Report(path, named.name if named else ""), problem)
        reports.append(report)
        say("\n".join("  " + line for line in str(report).splitlines()))
        keep(report)
    if len(reports) > 1:
        width = max(len(str(report.path)) for report in reports)
        say("")
        for report in reports:
            sign = "✓" if report.right else "✗"
            score = f"{report.passed} of {len(report.verdicts)}"
            say(f"{sign} {report.path!s:<{width}}  {score}  {counted(len(report.problems), 'problem')}")
        right, exercises = sum(report.right for report in reports), sum(len(report.verdicts) for report in reports)
        passed = sum(report.passed for report in reports)
        say(f"{right} of {len(reports)} notebooks right, {passed} of {exercises} exercises passed")
    return reports


def csv_rows(report: Report) -> list[list[str]]:
    """One row of COLUMNS for each exercise of a report."""
    rows = []
    for verdict in report.verdicts or [Verdict("", "not run")]:
        told = [verdict.exercise, verdict.result, verdict.mistake or "", verdict.text, "; ".join(report.problems)]
        row = [str(report.path), report.lesson, *told]
        # A spreadsheet would take these for formulas.
        rows.append([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in row])
    return rows
