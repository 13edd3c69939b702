"""A lesson's one source becomes its blank notebook and its solved, executed one.

Cell ids, tags and everything outside the exercises are equal in both. Building twice changes no byte.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpt2_ref.course.lessons import ROOT, Lesson, NoSuchLesson, discover, find
from gpt2_ref.course.source import BuildError, Cell, read_source
from gpt2_ref.course.storage import write_atomically

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_SECONDS = 300
# Widgets have random ids, times differ, and progress() lists every lesson that the course has by now.
UNCOMPARED_TAGS = {"widget", "timing", "progress"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

# The same on every machine: nothing here may come from the Python that runs the build.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def make_notebooks(lesson: Lesson) -> "tuple[NotebookNode, NotebookNode]":
    """The blank notebook and the solved one, neither of them run."""
    cells = read_source(lesson.source)
    return _notebook(cells, [cell.blank for cell in cells]), _notebook(cells, [cell.solved for cell in cells])


def _notebook(cells: Sequence[Cell], sources: Sequence[str]) -> "NotebookNode":
    from nbformat import v4

    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
    notebook = v4.new_notebook(metadata=deepcopy(NOTEBOOK_METADATA), nbformat_minor=5)
    for cell, source in zip(cells, sources, strict=True):
        tags = list(cell.tags)
        if UNCOMPARED_TAGS.intersection(tags) and "nbval-ignore-output" not in tags:
            tags.append("nbval-ignore-output")
        metadata = {**cell.metadata, "tags": tags} if tags else cell.metadata
        notebook.cells.append(make[cell.kind](source, id=cell.id, metadata=metadata))
    return notebook


def build(lesson: Lesson, *, force: bool = False, report: Callable[[str], None] = print) -> list[Path]:
    """Write the lesson's blank and solved notebooks and return the files that changed.

    The solved notebook is run when its ids, sources or tags changed, or with `force`; otherwise the stored
    outputs stay. Raises BuildError for a source that breaks a rule, a cell that fails and a cell that writes
    to stderr; then neither file is touched.
    """
    blank, solved = make_notebooks(lesson)
    run = None if force else _stored_run(lesson.solved, solved)
    run = run or _execute(lesson, solved, report)
    for cell, outcome in zip(code_cells(solved), code_cells(run), strict=True):
        cell.outputs, cell.execution_count = _lasting(outcome.outputs), outcome.execution_count
    files = {lesson.blank: _as_text(blank), lesson.solved: _as_text(solved)}
    changed = {path: text for path, text in files.items() if _stored_bytes(path) != text.encode()}
    for path, text in changed.items():
        write_atomically(path, text)
    return list(changed)


def code_cells(notebook: "NotebookNode") -> "list[NotebookNode]":
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _as_text(notebook: "NotebookNode") -> str:
    import nbformat

    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _stored_bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _load(path: Path) -> "NotebookNode | None":
    """The notebook at `path`, or None where there is none that can be read."""
    import nbformat

    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):
        return None
    return notebook


# Running the solved notebook


def _stored_run(path: Path, solved: "NotebookNode") -> "NotebookNode | None":
    """The notebook at `path` where it is a clean run of exactly these cells."""
    stored = _load(path)
    if stored is None or [_shape(cell) for cell in stored.cells] != [_shape(cell) for cell in solved.cells]:
        return None
    return None if any(_complaints(stored)) else stored


def run_cells(notebook: "NotebookNode", folder: Path, **options: Any) -> None:
    """Run `notebook` in place, from top to bottom in a new kernel of this Python, inside `folder`.

    `options` are those of nbclient's NotebookClient, whose errors are raised.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    client = NotebookClient(
        notebook,
        # No folders of installed kernels: python3 is then the Python that runs this, never a stale one.
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
        # Otherwise every kernel warns the terminal of its unencrypted sockets on this machine.
        extra_arguments=["--log-level=ERROR"],
        timeout=CELL_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        **options,
    )
    client.execute(cleanup_kc=True)


def _execute(lesson: Lesson, solved: "NotebookNode", report: Callable[[str], None]) -> "NotebookNode":
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    run = deepcopy(solved)
    total = len(code_cells(run))
    started: list[NotebookNode] = []

    def announce(cell: "NotebookNode", cell_index: int) -> None:
        started.append(cell)
        report(f"  {lesson.name}: cell {len(started)} of {total}")

    try:
        run_cells(run, lesson.source.parent, on_cell_execute=announce)
    except CellExecutionError as error:
        raise BuildError(f"{_place(lesson, started[-1])} fails\n{error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{_place(lesson, started[-1])} does not end\n{error}") from None
    if complaints := [*_complaints(run), *_widget_complaints(run)]:
        raise BuildError("\n".join(f"{lesson.source.name}: {complaint}" for complaint in complaints))
    return run


def _complaints(run: "NotebookNode") -> Iterator[str]:
    """What the run of a lesson must not hold."""
    for count, cell in enumerate(code_cells(run), 1):
        if cell.execution_count != count:
            yield f"{_describe(cell)} was not run as number {count}"
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                yield f"{_describe(cell)} writes to stderr, but a lesson is silent:\n{output.text.rstrip()}"
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"{_describe(cell)} fails: {output.ename}"


def _widget_complaints(run: "NotebookNode") -> Iterator[str]:
    """What only a fresh run can tell: the stored notebook keeps nothing of its widgets."""
    for cell in code_cells(run):
        shown = any(WIDGET_VIEW in output.get("data", {}) for output in cell.outputs)
        if shown != ("widget" in cell.metadata.get("tags", [])):
            yield f"{_describe(cell)} shows {'a' if shown else 'no'} widget; the tag widget must say so"
    widgets = run.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for widget in widgets.values():
        if str(widget["state"].get("value", "")).startswith("<pre"):
            yield f"a widget shows an error in place of its picture: {widget['state']['value']}"


def _lasting(outputs: "Sequence[NotebookNode]") -> "list[NotebookNode]":
    """The outputs worth storing: no widgets, whose ids are random, and each stream in one piece."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and kept and kept[-1].get("name") == output.name:
            kept[-1].text += output.text
        elif WIDGET_VIEW not in output.get("data", {}):
            kept.append(output)
    return kept


# Comparing what is stored with the source


def check_current(lesson: Lesson) -> list[str]:
    """How the lesson's notebooks differ from its source in ids, types, sources and tags. Nothing is run."""
    blank, solved = make_notebooks(lesson)
    faults = [*_differences(lesson.blank, blank), *_differences(lesson.solved, solved)]
    if not faults and lesson.blank.read_text(encoding="utf-8") != _as_text(blank):
        faults.append(f"{_short(lesson.blank)} was run or edited since it was built")
    return faults


def find_orphans(root: Path = ROOT) -> list[str]:
    """The notebooks that no source makes."""
    notebooks = sorted([*(root / "notebooks").glob("*.ipynb"), *(root / "solutions").glob("*.ipynb")])
    sources = {path.stem for path in (root / "solutions").glob("*.py")}
    return [f"{_short(path)} has no source {path.stem}.py" for path in notebooks if path.stem not in sources]


def _differences(path: Path, expected: "NotebookNode") -> Iterator[str]:
    found = _load(path)
    if found is None:
        yield f"{_short(path)} is missing or cannot be read"
        return
    wanted = {cell.id: cell for cell in expected.cells}
    for cell in found.cells:
        twin = wanted.pop(cell.get("id"), None)
        if twin is None:
            yield f"{_short(path)}: {_describe(cell)} is not in the source"
        elif _shape(cell) != _shape(twin):
            parts = zip(("id", "type", "source", "tags"), _shape(cell), _shape(twin), strict=True)
            differing = " and ".join(part for part, stored, new in parts if stored != new)
            yield f"{_short(path)}: {_describe(cell)} has another {differing} than the source"
    yield from (f"{_short(path)}: {_describe(cell)} is missing" for cell in wanted.values())
    stored, new = ([cell.get("id") for cell in notebook.cells] for notebook in (found, expected))
    if stored != new and Counter(stored) == Counter(new):
        yield f"{_short(path)} has its cells in another order than the source"


def _shape(cell: "NotebookNode") -> tuple[str | None, str, str, list[str]]:
    return cell.get("id"), cell.cell_type, cell.source, cell.metadata.get("tags", [])


def _describe(cell: "NotebookNode") -> str:
    first_line = next(iter(cell.source.splitlines()), "")
    return f"cell {cell.get('id')} ({first_line[:40]!r})"


def _place(lesson: Lesson, cell: "NotebookNode") -> str:
    line = next(known.line for known in read_source(lesson.source) if known.id == cell.id)
    return f"{lesson.source.name}:{line}: {_describe(cell)}"


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


# The command line


def build_command(names: Sequence[str], check: bool = False, force: bool = False, root: Path = ROOT) -> int:
    """`python -m gpt2_ref build [--check] [--force] [LESSON ...]`: the named lessons, or every one.

    The exit status: 0 all is current, 1 a lesson differs or cannot be built, 2 there is no such lesson.
    """
    lessons = discover(root)
    try:
        chosen = [find(name, lessons) for name in names] or lessons
    except NoSuchLesson as error:
        print(error, file=sys.stderr)
        return 2
    faults = find_orphans(root) if chosen else ["there are no lessons in solutions/"]
    for lesson in chosen:
        try:
            faults += check_current(lesson) if check else _build_aloud(lesson, force)
        except BuildError as error:
            faults.append(str(error))
    for fault in faults:
        print(fault, file=sys.stderr)
    if check and not faults:
        print(f"{len(chosen)} lessons are current")
    return 1 if faults else 0


def _build_aloud(lesson: Lesson, force: bool) -> list[str]:
    changed = build(lesson, force=force, report=lambda line: print(line, flush=True))
    print(f"{lesson.name}: {', '.join(_short(path) for path in changed) or 'nothing'} changed", flush=True)
    return []
