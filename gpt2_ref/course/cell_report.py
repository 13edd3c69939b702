"""A pytest plugin beside nbval: tells, cell by cell, how a notebook ran (`--cell-report FILE`, JSON lines).

nbval numbers its cells and waits the whole time limit for a kernel that is dead. Here a cell is told by
its first line, with the checks that ran in it, and a dead kernel is noticed at once.
"""

import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty

import pytest

from gpt2_ref.course.records import RECORD

# What a check records of itself; anything else in that file is not from a check.
FIELDS = {"exercise": str, "passed": bool, "attempted": bool, "mistake": str | None, "title": str, "text": str}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cell-report", help="write one JSON line per cell into this file")


def pytest_configure(config: pytest.Config) -> None:
    import nbformat

    def read(path: str, **options: object) -> object:
        return nbformat.reads(Path(path).read_text(encoding="utf-8-sig"), **options)

    nbformat.read = read  # nbval's way to read a notebook, which stops at the mark that Windows editors put first
    config.pluginmanager.register(CellReport(Path(config.getoption("--cell-report"))))


class CellReport:
    """Writes {"outcome": ok, failed, timeout, dead or not run; "line", "error", "checks"} for each cell in order."""

    def __init__(self, path: Path):
        self.path = path
        self.records = Path(os.environ[RECORD])
        self.checks_told = 0
        self.stopped = False  # the kernel is dead: nothing that comes after was run

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            # What is stored in a learner's notebook is no reference; nbval fails outputs that have no number.
            item.cell.outputs = []
            item.options["check"] = False

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        watch(item.parent.kernel)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> object:
        report = yield
        if call.when == "call" or (call.when == "setup" and call.excinfo):
            limit = item.config.getoption("--nbval-cell-timeout")
            self.tell(item, call.excinfo, timed_out=call.duration >= limit)
        return report

    def tell(self, item: pytest.Item, failure: pytest.ExceptionInfo | None, timed_out: bool) -> None:
        kernel = item.parent.kernel
        alive = kernel is not None and kernel.is_alive()
        if failure is None:
            outcome = "ok"
        elif self.stopped:
            outcome = "not run"
        elif timed_out and not getattr(kernel, "found_dead", False):
            outcome = "timeout"
        else:
            outcome = "failed" if alive else "dead"
        self.stopped = not alive
        errors = [output for output in item.test_outputs or () if output.output_type == "error"]
        error = f"{errors[0].ename}: {errors[0].evalue}" if errors else str(failure.value if failure else "")
        line = failing_line(item.cell.source, errors[0].traceback if errors else [])
        entry = {"outcome": outcome, "line": line, "error": error, "checks": self.new_checks()}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def new_checks(self) -> list[dict]:
        """The checks recorded since the cell before."""
        try:
            lines = self.records.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        told, self.checks_told = self.checks_told, len(lines)
        return list(filter(None, map(read_check, lines[told:])))


def read_check(line: str) -> dict | None:
    """One line of the record, or None where no check wrote it: a learner's cell can write there too."""
    try:
        check = json.loads(line)
    except (ValueError, RecursionError):
        return None
    right = isinstance(check, dict) and check.keys() == FIELDS.keys()
    return check if right and all(isinstance(check[name], kind) for name, kind in FIELDS.items()) else None


def first_line(source: str) -> str:
    """The first line of a cell that is code."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("#")), lines[0] if lines else "")


def failing_line(source: str, traceback: Sequence[str]) -> str:
    """The line of the cell that the traceback begins in; the first line where it does not say."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(traceback))
    place, lines = re.search(r"^\s*Cell In\s?\[\d+\], line (\d+)", plain, flags=re.MULTILINE), source.splitlines()
    if not place or int(place[1]) > len(lines):
        return first_line(source)
    return lines[int(place[1]) - 1].strip() or first_line(source)


def watch(kernel: object) -> None:
    """Let nbval stop waiting for an answer as soon as the kernel is dead."""
    client = kernel.kc
    if "get_shell_msg" in vars(client):
        return
    ask = client.get_shell_msg

    def get_shell_msg(timeout: float) -> dict:
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                return ask(timeout=min(1.0, left))
            except Empty:
                if not kernel.is_alive():
                    kernel.found_dead = True
                    break
        raise Empty

    client.get_shell_msg = get_shell_msg
