"""The learner's desk in `work/`: the lessons laid out where absent, JupyterLab started on it, a lesson reset."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gpt2_ref.course.environment import with_course
from gpt2_ref.course.lessons import LESSONS, ROOT, Lesson
from gpt2_ref.course.records import MARKER, Desk
from gpt2_ref.course.storage import keep_backup, write_atomically

CONFIG = Path(__file__).parent / "lab_config"
PACKAGE = Path(__file__).parent / "my_gpt2" / "__init__.py"
FIRST_LESSON = "00_start_here.ipynb"


def prepare_desk(folder: Path = ROOT / "work", lessons: Sequence[Lesson] = LESSONS) -> list[str]:
    """Make the desk and lay out the lessons that are absent; never touches one that is there.

    Returns lines for the learner. Raises OSError when the folder cannot be written.
    """
    Desk(folder).create()
    _lay_out_package(folder / "my_gpt2" / PACKAGE.name)
    copies, lines = _copies(folder), []
    for lesson in lessons:
        if not lesson.blank.is_file():
            continue
        mine, state = folder / lesson.blank.name, _digest(lesson.blank)
        if not mine.exists():
            _lay_out(lesson, folder)
            lines.append(f"new lesson: {mine.name}")
        elif copies.get(mine.name, state) != state:
            lines.append(
                f"{mine.name} has changed since you got it; yours is untouched. "
                f"`python -m gpt2_ref reset {lesson.number}` keeps it as a backup and gets the new one."
            )
    return lines


def reset(lesson: Lesson, folder: Path = ROOT / "work") -> list[str]:
    """Put a fresh copy of a lesson on the desk, after a backup of the learner's; its hints begin anew.

    Returns lines for the learner.
    """
    mine, lines = folder / lesson.blank.name, []
    if not lesson.blank.is_file():
        raise FileNotFoundError(f"{lesson.blank} is missing")
    Desk(folder).create()
    if mine.exists():
        lines.append(f"your copy is kept as {keep_backup(mine, folder / 'backups')}")
    _lay_out(lesson, folder)
    from gpt2_ref.checks import EXERCISES  # here, because it imports torch

    for exercise in EXERCISES.values():
        if exercise.lesson == lesson.name:
            lines.append(Desk(folder).update(exercise.name, lambda record: record.hints_given.clear()))
    return [*dict.fromkeys(filter(None, lines)), f"a fresh copy is in    {mine}"]


def _lay_out_package(mine: Path) -> None:
    """Put my_gpt2/__init__.py on the desk, after a backup of one from an earlier version of the course."""
    content = PACKAGE.read_text(encoding="utf-8")
    if mine.exists():
        if mine.read_text(encoding="utf-8", errors="replace") == content:
            return
        keep_backup(mine, mine.parent / "earlier")
    write_atomically(mine, content)


def _lay_out(lesson: Lesson, folder: Path) -> None:
    # The note comes first: a copy without one would never be told that its lesson has changed.
    copies = _copies(folder) | {lesson.blank.name: _digest(lesson.blank)}
    write_atomically(folder / MARKER.with_name("copies.json"), json.dumps(copies, indent=1) + "\n")
    write_atomically(folder / lesson.blank.name, lesson.blank.read_bytes())


def _copies(folder: Path) -> dict[str, str]:
    """Which state of each lesson was copied, as far as the note can be read."""
    with contextlib.suppress(OSError, ValueError):
        copies = json.loads((folder / MARKER.with_name("copies.json")).read_text(encoding="utf-8"))
        return copies if isinstance(copies, dict) else {}
    return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def trust_solutions(lessons: Sequence[Lesson] = LESSONS) -> None:
    """Sign the solved lessons, so that JupyterLab shows their stored pictures without running them."""
    from nbformat import read, sign

    for lesson in lessons:
        # Without the signature a picture is missing until its cell is run: no reason not to start.
        with contextlib.suppress(Exception):
            sign.NotebookNotary().sign(read(lesson.solved, as_version=4))


def start_lab(arguments: Sequence[str] = (), folder: Path = ROOT / "work") -> int:
    """Run JupyterLab on the desk until it is stopped; `arguments` go to it as they are. Returns its exit status."""
    trust_solutions()
    page = f"/lab/tree/{FIRST_LESSON}" if (folder / FIRST_LESSON).exists() else "/lab"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", f"--LabApp.default_url={page}"]
    config = os.pathsep.join(filter(None, [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")]))
    # The kernel must be the Python that has the course, also where another python3 kernel is installed.
    surroundings = {**with_course(), "JUPYTER_CONFIG_PATH": config, "JUPYTER_PREFER_ENV_PATH": "1"}
    print("JupyterLab starts in your browser; its address is printed below. Ctrl-C here stops it.", flush=True)
    with subprocess.Popen([*command, *arguments], env=surroundings, cwd=folder) as server:
        # Ctrl-C reaches JupyterLab as well, which asks before it stops; a signal to stop is passed on.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        before_term = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            return server.wait()
        finally:
            signal.signal(signal.SIGINT, before)
            signal.signal(signal.SIGTERM, before_term)
