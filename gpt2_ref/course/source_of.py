"""The source of what a learner defined in a notebook: the statements, and everything that they need.

Python cannot tell the source of a class that was typed into a notebook. Its methods can: their code knows
the cell. What no code object knows (a constant, an instance) is looked up in the history of the cells.
"""

import __future__

import ast
import inspect
import linecache
import symtable
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# Where a learner would import a name from, should several modules offer it.
FIRST_CHOICES = (
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "math",
    "typing",
    "collections.abc",
    "einops",
    "numpy",
)
LITERALS = (bool, int, complex, str, bytes, tuple, list, dict, set, type(None))
COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")


class NoSource(Exception):
    """A name whose definition cannot be told; the text says which and why."""


def codes_of(value: object) -> dict[str, types.CodeType]:
    """The code of a function (as it was before it was decorated) or of each method of a class, by name."""
    members = vars(value) if inspect.isclass(value) else {getattr(value, "__name__", ""): value}
    codes = {}
    for name, member in members.items():
        function = getattr(member, "__func__", getattr(member, "fget", member))
        if callable(function) and not inspect.isclass(function):
            codes[name] = getattr(inspect.unwrap(function), "__code__", None)
    return {name: code for name, code in codes.items() if isinstance(code, types.CodeType)}


def cell_of(value: object) -> str | None:
    """The source of the cell or file that defines a function or class, where its code knows it."""
    for code in codes_of(value).values():
        # A method that was put on the class afterwards, or made by a decorator, lives elsewhere.
        own = not inspect.isclass(value) or code.co_qualname.startswith(value.__qualname__ + ".")
        if own and (lines := linecache.getlines(code.co_filename)):
            return "".join(lines)
    return None


def history() -> list[str]:
    """The cells that were run in this kernel, latest first."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return list(reversed(shell.user_ns.get("In", []))) if shell else []


def cells_for(value: object) -> list[str]:
    """Where to look for the definition of `value`: its own cell, those run before it, then the others; latest first."""
    own, cells = cell_of(value), history()
    if own is None:
        return cells
    place = cells.index(own.rstrip("\n")) if own.rstrip("\n") in cells else len(cells)
    return [own, *cells[place + 1 :], *cells[:place]]


def statements(cell: str) -> list[ast.stmt]:
    """The top-level statements of a cell, none if it is not Python."""
    try:
        return ast.parse(cell).body
    except (SyntaxError, ValueError):
        return []


def binds(statement: ast.stmt, name: str) -> bool:
    """Whether a top-level definition, assignment or branch around them gives `name` its value."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name == name
    if isinstance(statement, ast.If | ast.Try):
        return any(binds(inner, name) for inner in ast.walk(statement) if inner is not statement)
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return any(isinstance(node, ast.Name) and node.id == name for target in targets for node in ast.walk(target))
    return False


def text_of(statement: ast.stmt, cell: str) -> str:
    """The statement as it was written, with its decorators."""
    decorators = getattr(statement, "decorator_list", [])
    if not decorators:
        return ast.get_source_segment(cell, statement)
    return "\n".join(cell.splitlines()[decorators[0].lineno - 1 : statement.end_lineno])


def names_needed(source: str) -> tuple[set[str], set[str]]:
    """The global names that `source` uses when it is run, and those that its functions use when they are called."""
    at_once, later = set(), set()

    def visit(table: symtable.SymbolTable, names: set[str]) -> None:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
                names.add(symbol.get_name())
        for child in table.get_children():
            runs_now = child.get_type() == "class" or child.get_name() in COMPREHENSIONS
            visit(child, names if runs_now else later)

    visit(symtable.symtable(source, "<cell>", "exec"), at_once)
    return at_once, later


def definition(name: str, value: object) -> list[str]:
    """The statements that make `name`, first to last: more than one where a definition builds on the one before.

    Raises NoSource.
    """
    found: list[str] = []
    for cell in cells_for(value):
        for statement in reversed(statements(cell)):
            if binds(statement, name):
                found.insert(0, text_of(statement, cell))
                builds_on_itself = isinstance(statement, ast.AugAssign) or name in names_needed(found[0])[0]
                if not builds_on_itself:
                    return found
    raise NoSource(f"the definition of {name} was not found in the cells")


def import_line(name: str, value: object, own_module: str) -> str | None:
    """The line that imports `value` as `name`, None when no module but the notebook offers it."""
    if inspect.ismodule(value):
        package, _, last = value.__name__.rpartition(".")
        if package and last == name:
            return f"from {package} import {name}"
        return f"import {value.__name__}" + (f" as {name}" if name != value.__name__.partition(".")[0] else "")
    module = getattr(value, "__module__", None)
    if module == own_module or is_literal(value):
        return None
    original = getattr(value, "__name__", None) or getattr(value, "_name", None) or name
    parts = module.split(".") if isinstance(module, str) else []
    parents = [".".join(parts[: count + 1]) for count in range(len(parts))]
    for place in (*parents, *FIRST_CHOICES, *sorted(sys.modules, key=len)):
        if place in (own_module, "__main__") or place not in sys.modules:
            continue
        offered = vars(sys.modules[place]) if hasattr(sys.modules[place], "__dict__") else {}
        for attribute in (original, name):
            if offered.get(attribute, offered) is value:
                return f"from {place} import {attribute}" + (f" as {name}" if name != attribute else "")
    return None


def is_literal(value: object) -> bool:
    """Whether `value` is a constant that its repr writes out in full."""
    if type(value) is float:
        return True
    if type(value) not in LITERALS:
        return False
    try:
        return ast.literal_eval(repr(value)) == value
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def literal(value: object) -> str:
    finite = not isinstance(value, float) or value - value == 0
    return repr(value) if finite else f'float("{value}")'


@dataclass
class Collector:
    """Gathers what a definition needs, in an order in which it can be run.

    namespace  the notebook's variables
    known      name, value -> the line that brings it, for names that lie elsewhere already; None for all others
    """

    namespace: Mapping[str, object]
    known: Callable[[str, object], str | None]
    imports: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        """Take in `name` and everything it needs. Raises NoSource."""
        if name in self.visited or name not in self.namespace:
            return  # a builtin, or a name that no run has needed so far
        self.visited.add(name)
        value = self.namespace[name]
        if line := self.known(name, value) or import_line(name, value, self.namespace["__name__"]):
            self._append(self.imports, line)
        elif is_literal(value):
            self._append(self.definitions, f"{name} = {literal(value)}")
        else:
            self._add_definition(name, value)

    def _add_definition(self, name: str, value: object) -> None:
        sources = definition(name, value)
        if any(code.co_flags & __future__.annotations.compiler_flag for code in codes_of(value).values()):
            self._append(self.imports, "from __future__ import annotations")
        needed = [names_needed(source) for source in sources]
        for at_once, _ in needed:
            for other in sorted(at_once):
                self.add(other)
        for source in sources:
            self._append(self.definitions, source)
        for _, later in needed:
            for other in sorted(later):
                self.add(other)

    @staticmethod
    def _append(lines: list[str], line: str) -> None:
        if line not in lines:
            lines.append(line)
