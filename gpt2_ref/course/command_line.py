"""`python -m gpt2_ref ...`: the learner's, the teacher's and the maintainer's commands."""

import argparse
import csv
import functools
import glob
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gpt2_ref.course.lessons import LESSONS, ROOT, NoSuchLesson, find
from gpt2_ref.course.records import MARKER, Desk

TRAIN = "train a model on text files; the same command goes on after a stop"


class CannotRun(Exception):
    """A command that cannot be carried out; the text is the one line that the user sees."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 all right, 1 something is not, 2 it cannot be carried out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may lack ✓
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if options.run is not _train:
        unknown = _strays(rest) if options.run is _lab else rest
        if unknown:
            parser.error(f"unknown: {' '.join(unknown)}")
        rest = [word for word in rest if word != "--"]
    options.rest = rest
    try:
        return options.run(options)
    except (CannotRun, NoSuchLesson, OSError) as error:
        print(f"gpt2_ref {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gpt2_ref", description="Learn GPT-2 by building it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: object, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    lab = add("lab", _lab, "lay the lessons out in work/ and open JupyterLab; other options go to JupyterLab")
    lab.add_argument("--prepare-only", action="store_true", help="lay the lessons out, open nothing")

    grading = add("grade", _grade, "run notebooks and say which exercises are right")
    grading.add_argument("targets", nargs="*", metavar="TARGET", help="lesson, notebook or folder; default: yours")
    grading.add_argument("--cell-timeout", type=_seconds, default=300.0, metavar="SECONDS", help="limit for one cell")
    grading.add_argument("--csv", type=Path, metavar="FILE", help="also write one row per submission and exercise")

    resetting = add("reset", _reset, "start a lesson afresh; yours is kept in work/backups/")
    resetting.add_argument("lesson", metavar="LESSON", help="for example 01 or layer_norm")

    add("progress", _progress, "what is done and what is still to do")
    add("doctor", _doctor, "is this machine ready for the course?")

    # Its own options are read where torch is needed anyway: in gpt2_ref/course/train.py.
    commands.add_parser("train", add_help=False, help=TRAIN).set_defaults(run=_train)

    building = add("build", _build, "make the notebooks from solutions/*.py")
    building.add_argument("lessons", nargs="*", metavar="LESSON", help="default: all")
    building.add_argument("--check", action="store_true", help="only say whether they are up to date")
    building.add_argument("--force", action="store_true", help="run the lessons even if nothing changed")
    return parser


def _strays(words: Sequence[str]) -> list[str]:
    """The words that are no option and cannot be the value of the option before them."""
    pairs = zip(["", *words], words, strict=False)
    return [word for before, word in pairs if word[:1] != "-" and (before[:1] != "-" or "=" in before)]


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return seconds


def _desk() -> Desk:
    """The desk that the current folder lies in, else the one in the repository."""
    here = Desk.above()
    return here if here.folder else Desk(ROOT / "work")


def _lab(options: argparse.Namespace) -> int:
    from gpt2_ref.course import lab

    folder = ROOT / "work"
    if not any(lesson.blank.is_file() for lesson in LESSONS):
        raise CannotRun(f"there are no lessons in {ROOT / 'notebooks'}; run this from a clone of the course")
    for line in lab.prepare_desk(folder, LESSONS):
        print(line)
    if options.prepare_only:
        print(f"your lessons are in {folder}")
        return 0
    return lab.start_lab(options.rest, folder)


def _grade(options: argparse.Namespace) -> int:
    from gpt2_ref.course import grade

    paths = [path for target in options.targets for path in _notebooks(target)] or _own_notebooks()
    say = functools.partial(print, flush=True)
    # Excel needs the mark at the file's start; it is opened first, so that a bad path costs no grading.
    with open(options.csv or os.devnull, "w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(grade.COLUMNS)

        def keep(report: grade.Report) -> None:
            table.writerows(grade.csv_rows(report))
            file.flush()

        reports = grade.grade_all([*map(_from_here, paths)], options.cell_timeout, LESSONS, say, keep)
    if options.csv:
        print(f"written: {options.csv}")
    return 0 if all(report.right for report in reports) else 1


def _from_here(path: Path) -> Path:
    """The path seen from the current folder where it lies in it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _notebooks(target: str) -> list[Path]:
    """What one TARGET stands for: a notebook, the notebooks in a folder, a pattern, or a lesson on the desk."""
    if not target.strip():
        raise CannotRun("an empty TARGET is no lesson, notebook or folder")
    path = Path(target)
    if path.is_dir():
        found = sorted(path.rglob("*.ipynb"))
        found = [one for one in found if not {".ipynb_checkpoints", "backups"} & set(one.relative_to(path).parts)]
        if not found:
            raise CannotRun(f"there is no notebook in {target}")
        return found
    if path.is_file():
        return [path]
    if found := sorted(glob.glob(target)):  # Windows leaves patterns to the program
        return [notebook for one in found for notebook in _notebooks(one)]
    if path.suffix == ".ipynb" or path.name != target:
        raise CannotRun(f"no such file or folder: {target}")
    return [_desk().folder / f"{find(target).name}.ipynb"]


def _own_notebooks() -> list[Path]:
    folder = _desk().folder
    paths = [folder / f"{lesson.name}.ipynb" for lesson in LESSONS]
    present = [path for path in paths if path.exists()]
    if not present:
        raise CannotRun(f"there are no lessons in {folder}; run: python -m gpt2_ref lab")
    return present


def _reset(options: argparse.Namespace) -> int:
    from gpt2_ref.course import lab

    print("\n".join(lab.reset(find(options.lesson), _desk().folder)))
    return 0


def _progress(_options: argparse.Namespace) -> int:
    from gpt2_ref.course.desk import course_map

    desk = _desk()
    if not (desk.folder / MARKER).exists():
        raise CannotRun(f"there is no desk in {desk.folder}; run: python -m gpt2_ref lab")
    print(course_map(desk))
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    from gpt2_ref.course import environment

    work = ROOT / "work"
    findings = [environment.installed(), *environment.report(work if work.is_dir() else None)]
    for finding in findings:
        print(finding.text(details=True))
    return 0 if all(finding.ok for finding in findings) else 1


def _train(options: argparse.Namespace) -> int:
    from gpt2_ref.course import train

    try:
        return train.main(options.rest, TRAIN)
    except (ValueError, ArithmeticError) as error:
        raise CannotRun(str(error)) from error


def _build(options: argparse.Namespace) -> int:
    from gpt2_ref.course.build import build_command

    return build_command(options.lessons, options.check, options.force)
