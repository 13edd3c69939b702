"""Keeping a right answer: its source becomes a module in my_gpt2/ that imports on its own."""

import contextlib
import importlib.util
import io
import re
import sys
import types
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch

from gpt2_ref.checks.learner import no_trace
from gpt2_ref.course import stand_ins
from gpt2_ref.course.source_of import Collector, NoSource, cells_for, codes_of
from gpt2_ref.course.storage import keep_backup, write_atomically

PACKAGE = (Path(__file__).parent / "my_gpt2" / "__init__.py").read_text(encoding="utf-8")


def package_of(answer: object) -> str:
    """The package that defines the answer: "gpt2_ref" for the course's own."""
    return str(getattr(answer, "__module__", "")).partition(".")[0]


def keep(answer: object, exercise: str, namespace: Mapping[str, object], desk: Path) -> str:
    """Write the source of a right answer to `desk`/my_gpt2/`exercise`.py; returns a line for the learner.

    namespace: the notebook's variables. A different file that is there already is first copied to
    my_gpt2/earlier/. What cannot be made a module of its own is kept as its whole cell in my_gpt2/cells/.
    Never raises: a right answer is right whether or not it can be kept.
    """
    if package_of(answer) in ("my_gpt2", "gpt2_ref"):
        return ""  # kept already, or not the learner's
    folder = desk / "my_gpt2"
    earlier = folder / "earlier"
    try:
        _write(folder / "__init__.py", PACKAGE, earlier)
        try:
            source = module_source(answer, exercise, namespace, folder)
            _try_out(source, answer, exercise, desk)
        except Exception as error:  # the learner's own statements run here: any error can come
            return _keep_cell(answer, exercise, folder, f"{type(error).__name__}: {error}")
        if not _write(folder / f"{exercise}.py", source, earlier):
            return ""
        _forget_modules()
        return f"kept in my_gpt2/{exercise}.py"
    except (OSError, ValueError) as error:
        return f"your answer could not be kept in my_gpt2/{exercise}.py: {error}"


def module_source(answer: object, exercise: str, namespace: Mapping[str, object], folder: Path) -> str:
    """A module with the answer's definition and everything it needs. Raises NoSource."""
    own_package = str(namespace["__name__"]).partition(".")[0]
    candidates = (exercise, getattr(answer, "__name__", exercise), *namespace)
    name = next((name for name in candidates if namespace.get(name) is answer), None)
    if name is None:
        raise NoSource("no variable of the notebook holds it")

    def known(other: str, value: object) -> str | None:
        origin = package_of(value)
        if origin == "gpt2_ref" and getattr(stand_ins, other, None) is value and other in stand_ins.NAMES:
            return f"from my_gpt2 import {other}"
        kept = other != exercise and (folder / f"{other}.py").exists()
        return f"from my_gpt2.{other} import {other}" if kept and origin in ("my_gpt2", own_package) else None

    parts = Collector(namespace, known)
    parts.add(name)
    alias = [f"{exercise} = {name}"] if name != exercise else []
    imports = sorted(parts.imports, key=lambda line: ("__future__" not in line, line))
    blocks = [f'"""{exercise}: your answer, as it was when its check passed."""', "\n".join(imports)]
    source = "\n\n".join(filter(None, [*blocks, *parts.definitions, *alias])) + "\n"
    if re.search(rf"\bmy_gpt2\.{exercise}\b|\bfrom my_gpt2\b.* import .*\b{exercise}\b", source):
        raise NoSource(f"it uses my_gpt2.{exercise}, the file that it would replace")
    return source


def _try_out(source: str, answer: object, exercise: str, desk: Path) -> None:
    """Raise unless the module runs on its own and defines an answer with the same code."""
    with _module_of_its_own(desk) as module, no_trace(torch.get_default_dtype()):
        exec(compile(source, f"my_gpt2/{exercise}.py", "exec", dont_inherit=True), vars(module))
        copy = getattr(module, exercise)
        if _fingerprint(copy) != _fingerprint(answer):
            raise NoSource(f"{exercise} was changed after its definition")


@contextlib.contextmanager
def _module_of_its_own(desk: Path) -> Iterator[types.ModuleType]:
    """A fresh module that can import what is kept on `desk`; nothing it prints is shown."""
    module = types.ModuleType("my_gpt2_tried_out")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    sys.path.insert(0, str(desk))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield module
    finally:
        sys.path.remove(str(desk))
        del sys.modules[module.__name__]


def _fingerprint(answer: object) -> dict[str, tuple]:
    # Not the bytecode: Python compiles `torch.ones(1)` in two ways, after an import of torch in the same file or not.
    def content(code: types.CodeType) -> tuple:
        constants = [content(part) if isinstance(part, types.CodeType) else repr(part) for part in code.co_consts]
        return code.co_names, code.co_varnames, constants

    return {name: content(code) for name, code in codes_of(answer).items()}


def _keep_cell(answer: object, exercise: str, folder: Path, reason: str) -> str:
    cells = cells_for(answer)
    if not cells:
        return f"your answer could not be kept: {reason}"
    _write(folder / "cells" / f"{exercise}.py", cells[0], folder / "earlier")
    return f"my_gpt2 can not import your answer ({reason}); its cell is kept in my_gpt2/cells/{exercise}.py"


def _write(path: Path, content: str, earlier: Path) -> bool:
    """Write the file where it is missing or different, after a copy of what was there; whether it was written."""
    if path.exists():
        if path.read_text(encoding="utf-8", errors="replace") == content:
            return False
        keep_backup(path, earlier)
    write_atomically(path, content)
    # Python trusts a compiled file by the second and the size: an answer that is changed twice in a second needs this.
    Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)
    return True


def _forget_modules() -> None:
    """Make the next import of a kept answer read it again."""
    importlib.invalidate_caches()
    package = vars(sys.modules.get("my_gpt2", types.ModuleType("my_gpt2")))
    for name in [name for name in sys.modules if name.startswith("my_gpt2.")]:
        del sys.modules[name]
        package.pop(name.partition(".")[2], None)
