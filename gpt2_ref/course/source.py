"""Reading a lesson's source: a jupytext py:percent file with solution markers, held to its rules.

Between `### BEGIN SOLUTION` and `### END SOLUTION` stands what the learner writes: the blank notebook
replaces it, the solved one keeps it.
"""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAMED_TAGS = {"exercise", "check"}
REFUSED_TAGS = {"nbval-skip", "skip-execution"}

MARKER = re.compile(r"[ \t]*### (BEGIN|END) SOLUTION[ \t]*")
NEARLY_MARKER = re.compile(r"#\s*(BEGIN|END)[\s_-]*SOLUTION", re.IGNORECASE)
MARKER_LINE = re.compile(rf"^{MARKER.pattern}(?:\n|\Z)", re.MULTILINE)
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL)


class BuildError(Exception):
    """A lesson that cannot be built; the text names the file, the place and what to change."""


@dataclass(frozen=True)
class Cell:
    """One cell of a source; `line` is the line of its `# %%`."""

    line: int
    id: str
    kind: str
    source: str
    tags: tuple[str, ...]
    metadata: dict[str, Any]

    @property
    def blank(self) -> str:
        """The cell's source as the learner gets it."""
        return SOLUTION.sub(r"\1# YOUR CODE HERE\n\1raise NotImplementedError", self.source)

    @property
    def solved(self) -> str:
        """The cell's source with the model answer."""
        return MARKER_LINE.sub("", self.source).rstrip("\n")


def read_source(path: Path) -> list[Cell]:
    """The cells of a lesson's source. Raises BuildError at the first one that breaks a rule."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines, 1) if re.match(r"#\s*%%", line)]
    nodes = _parse(path, lines, starts)
    if not starts or len(starts) != len(nodes):
        raise BuildError(
            f"{path.name}:{starts[0] if starts else 1}: {len(starts)} lines start with `# %%`, but there are "
            f"{len(nodes)} cells; put every cell behind its own `# %%` and none of them inside a string"
        )
    cells = []
    seen: Counter[str] = Counter()
    for node, start, end in zip(nodes, starts, [*starts[1:], len(lines) + 1], strict=True):
        _require_metadata(f"{path.name}:{start}:", node)
        tags = tuple(node.metadata.get("tags", ()))
        _require_markers(path.name, start, lines[start - 1 : end - 1], node.cell_type, tags)
        identity = _identity(node)
        seen[identity] += 1
        if seen[identity] > 1:
            if "name" in node.metadata:
                raise BuildError(f"{path.name}:{start}: the name {identity!r} is taken by an earlier cell")
            identity = f"{identity}-{seen[identity]}"
        metadata = {key: value for key, value in node.metadata.items() if key == "jupyter"}
        cells.append(Cell(start, identity, node.cell_type, node.source, tags, metadata))
        if "exercise" in tags:
            _require_blank_parses(path.name, cells[-1])
    return cells


def _parse(path: Path, lines: Sequence[str], starts: Sequence[int]) -> "list[NotebookNode]":
    import jupytext
    from nbformat import ValidationError

    def parse(part: Sequence[str]) -> "list[NotebookNode]":
        return jupytext.reads("\n".join(part), fmt="py:percent").cells

    try:
        return parse(lines)
    except ValidationError:
        for start in starts:
            try:
                parse(lines[start - 1 : start])
            except ValidationError as error:
                raise BuildError(f"{path.name}:{start}: {error.message}") from None
        raise


def _identity(node: "NotebookNode") -> str:
    """The cell's name, or a hash of its content, which a cell put in before it does not change."""
    content = f"{node.cell_type}\n{node.source}".encode()
    return node.metadata.get("name") or hashlib.sha256(content).hexdigest()[:12]


def _require_metadata(where: str, node: "NotebookNode") -> None:
    # jupytext reads a header it does not understand as a title: a missing quote would lose the tags.
    for key, value in node.metadata.items():
        if key not in ("name", "tags", "jupyter", "lines_to_next_cell"):
            raise BuildError(f"{where} only name, tags and jupyter may stand here, not {key}: {value}")
    tags = node.metadata.get("tags", ())
    if refused := REFUSED_TAGS.intersection(tags):
        raise BuildError(f"{where} the tag {refused.pop()} would hide the cell from the tests")
    name = node.metadata.get("name")
    if name is None and NAMED_TAGS.intersection(tags):
        raise BuildError(f'{where} a cell tagged exercise or check needs a name="..."')
    if name is not None and not re.fullmatch(r"[a-z0-9-]{1,64}", name):
        raise BuildError(f"{where} the name {name!r} must be 1 to 64 of a-z, 0-9 and -")


def _require_markers(file: str, start: int, lines: Sequence[str], kind: str, tags: tuple[str, ...]) -> None:
    begun, pairs = 0, 0
    for number, line in enumerate(lines, start):
        if not NEARLY_MARKER.search(line):
            continue
        where = f"{file}:{number}:"
        marker = MARKER.fullmatch(line)
        if kind != "code":
            raise BuildError(f"{where} solution markers belong in code cells, not in {kind}")
        if not marker:
            raise BuildError(f"{where} write `### BEGIN SOLUTION` or `### END SOLUTION`, alone on its line")
        if "exercise" not in tags:
            raise BuildError(f'{where} a cell with solution markers needs tags=["exercise"]')
        if marker[1] == "BEGIN" and begun:
            raise BuildError(f"{where} BEGIN SOLUTION inside the solution begun on line {begun}")
        if marker[1] == "END" and not begun:
            raise BuildError(f"{where} END SOLUTION without a BEGIN SOLUTION before it")
        begun, pairs = (number, pairs) if marker[1] == "BEGIN" else (0, pairs + 1)
    if begun:
        raise BuildError(f"{file}:{begun}: BEGIN SOLUTION without an END SOLUTION in the same cell")
    if "exercise" in tags and not pairs:
        raise BuildError(f"{file}:{start}: an exercise without solution markers leaves nothing to write")


def _require_blank_parses(file: str, cell: Cell) -> None:
    try:
        ast.parse(cell.blank)
    except SyntaxError as error:
        raise BuildError(
            f"{file}:{cell.line}: without its solution this exercise is not Python ({error.msg}); "
            "put whole statements of one block between the markers"
        ) from None
