"""What a green nbval run does not prove about a solved notebook, proved here.

Strict nbval compares stored outputs with new ones. It passes a notebook whose outputs were stripped, a cell
tagged to be skipped, a figure that shows other data, and a check that is gone. Each guard names one such way.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

NBVAL_COMMENT = re.compile(r"^\s*#+\s*(NBVAL_\w+|PYTEST_VALIDATE_\w+)\s*$", re.MULTILINE)
OWN_CHECK = re.compile(r"^\s*(?:async )?def check\b|^\s*check\s*=[^=]", re.MULTILINE)
EMPTY_ALT = re.compile(r"!\[\s*\][(\[]")
UNREADABLE = re.compile(r"base64,[A-Za-z0-9+/=]+|\x1b\[[0-9;]*m")
MACHINE_PATH = re.compile(r"(?<![\w.:/<)-])/(?:[\w.@+-]+/)+[\w.@+-]+|(?<!\w)~/\w|\b[A-Za-z]:\\\w")


def find_faults(solved: Path, blank: Path, exercises: Iterable[str] | None = None) -> list[str]:
    """Every way in which the notebook at `solved` could be green and wrong, in words.

    `exercises` are the names that must be checked; by default those of the lesson named like the file.
    """
    import nbformat

    if exercises is None:
        from gpt2_ref.checks import EXERCISES

        exercises = [name for name, exercise in EXERCISES.items() if exercise.lesson == solved.stem]
    notebook = nbformat.read(solved, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        *_unequal_ids(notebook, nbformat.read(blank, as_version=4)),
        *_unrun(codes),
        *_uncompared(codes),
        *_errors(codes),
        *_missing_checks(codes, exercises),
        *_mute_figures(codes),
        *_lonely_widgets(codes),
        *_noise(codes),
        *_mute_images(notebook),
    ]


def _unequal_ids(solved: "NotebookNode", blank: "NotebookNode") -> Iterator[str]:
    ours, theirs = ([cell.id for cell in notebook.cells] for notebook in (solved, blank))
    if ours != theirs:
        odd = ", ".join(sorted(set(ours) ^ set(theirs))) or "their order"
        yield f"the ids differ from the blank notebook's: {odd}"


def _unrun(codes: "list[NotebookNode]") -> Iterator[str]:
    for count, cell in enumerate(codes, 1):
        if cell.execution_count != count:
            yield f"cell {cell.id} has the execution count {cell.execution_count}, not {count}"


def _uncompared(codes: "list[NotebookNode]") -> Iterator[str]:
    for cell in codes:
        tags = _tags(cell)
        if "nbval-skip" in tags:
            yield f"cell {cell.id} is tagged nbval-skip"
        if "nbval-ignore-output" in tags and not tags & {"widget", "timing", "progress"}:
            yield f"cell {cell.id} is tagged nbval-ignore-output but none of widget, timing and progress"
        if comment := NBVAL_COMMENT.search(cell.source):
            yield f"cell {cell.id} steers the tests by the comment {comment[1]}"
        if "timing" in tags and not any(isinstance(node, ast.Assert) for node in ast.walk(_tree(cell))):
            yield f"cell {cell.id} is tagged timing and asserts nothing"
        if "progress" in tags and cell.source.strip() != "progress()":
            yield f"cell {cell.id} is tagged progress and holds more than progress()"


def _errors(codes: "list[NotebookNode]") -> Iterator[str]:
    for cell in codes:
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed and "raises-exception" not in _tags(cell):
            yield f"cell {cell.id} holds an error"
        if not failed and "raises-exception" in _tags(cell):
            yield f"cell {cell.id} is tagged raises-exception and holds no error"


def _missing_checks(codes: "list[NotebookNode]", exercises: Iterable[str]) -> Iterator[str]:
    checked: set[str] = set()
    for cell in codes:
        if OWN_CHECK.search(cell.source):
            yield f"cell {cell.id} makes a check of its own"
        if "check" in _tags(cell):
            names = checked_names(cell)
            if not names:
                yield f"cell {cell.id} is tagged check and has no bare line check(NAME)"
            for name in names:
                if not re.search(rf"✓ {name}\b", "\n".join(_texts(cell))):
                    yield f"cell {cell.id} stores no ✓ {name}"
            checked.update(names)
    yield from (f"the exercise {name} has no check cell" for name in exercises if name not in checked)


def checked_names(cell: "NotebookNode") -> list[str]:
    """The names in the cell's top-level lines `check(NAME)`; one inside `if` or `try` may never be heard."""
    names = []
    for line in _tree(cell).body:
        match line:
            case ast.Expr(ast.Call(ast.Name("check"), [ast.Name(name)], [])):
                names.append(name)
    return names


def _mute_figures(codes: "list[NotebookNode]") -> Iterator[str]:
    for cell in codes:
        for output in cell.outputs:
            data = output.get("data", {})
            alts = _alt_texts(data.get("text/html", ""))
            if any(kind.startswith("image/") for kind in data) or not all(alts):
                yield f"cell {cell.id} shows a figure without alt text"
            if alts and not re.search(r"\d", data.get("text/plain", "")):
                yield f"cell {cell.id} shows a figure without a number in words beside it"


def _lonely_widgets(codes: "list[NotebookNode]") -> Iterator[str]:
    figures = [
        any(_alt_texts(output.get("data", {}).get("text/html", "")) for output in cell.outputs) for cell in codes
    ]
    for place, cell in enumerate(codes):
        if "widget" in _tags(cell) and not any(figures[max(place - 1, 0) : place] + figures[place + 1 : place + 2]):
            yield f"cell {cell.id} shows a widget with no figure in the code cell before or after it"


def _noise(codes: "list[NotebookNode]") -> Iterator[str]:
    for cell in codes:
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield f"cell {cell.id} writes to stderr"
        for text in _texts(cell):
            if path := MACHINE_PATH.search(UNREADABLE.sub("", text)):
                yield f"cell {cell.id} shows a path of one machine: {path[0]}"


def _mute_images(notebook: "NotebookNode") -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (EMPTY_ALT.search(cell.source) or not all(_alt_texts(cell.source))):
            yield f"cell {cell.id} has an image without alt text"


# Reading cells


def _tags(cell: "NotebookNode") -> set[str]:
    return set(cell.metadata.get("tags", []))


def _tree(cell: "NotebookNode") -> ast.Module:
    """The cell's code without its magics; an empty module where it cannot be read."""
    try:
        return ast.parse(re.sub(r"^[%!].*$", "", cell.source, flags=re.MULTILINE))
    except SyntaxError:
        return ast.Module([], [])


def _texts(cell: "NotebookNode") -> Iterator[str]:
    """All that the cell's outputs say."""
    for output in cell.outputs:
        said = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
        said += output.get("data", {}).values()
        yield from (text if isinstance(text, str) else json.dumps(text) for text in said)


def _alt_texts(html: str) -> list[str]:
    """The alt text of every image in `html`, empty for one that has none."""
    images: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            if tag == "img":
                images.append((dict(attributes).get("alt") or "").strip())

    Reader().feed(html)
    return images
