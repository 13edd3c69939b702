"""Imports run one way: course -> checks, figures, training -> checkpoints -> model."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gpt2_ref"
MAY_IMPORT = {
    "model": {"model"},
    "checks": {"checks", "model"},
    "figures": {"figures", "model"},
    "checkpoints": {"model"},
    "training": {"training", "checkpoints", "model"},
    "course": {"course", "checks", "figures", "training", "checkpoints", "model"},
}
HEAVY = (
    "matplotlib",
    "IPython",
    "ipywidgets",
    "nbformat",
    "nbclient",
    "jupytext",
    "pytest",
    "transformers",
    "safetensors",
    "huggingface_hub",
    "tqdm",
)


def imported_parts(source: str) -> set[str]:
    """The parts of the package that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package in full"
            if node.module == "gpt2_ref":
                names |= {f"gpt2_ref.{alias.name}" for alias in node.names}
            else:
                names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("gpt2_ref.")}


def arrows_back(part: str, source: str) -> set[str]:
    return imported_parts(source) - MAY_IMPORT[part]


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to: its folder, or the file itself at the top."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if not path.relative_to(PACKAGE).parts[0].startswith("__")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path):
    assert not arrows_back(part_of(path), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("part", "line", "back"),
    [
        ("model", "from gpt2_ref.checks import examine", "checks"),
        ("model", "from gpt2_ref import checkpoints", "checkpoints"),
        ("checks", "import gpt2_ref.course.desk", "course"),
        ("figures", "def draw():\n    from gpt2_ref.course import desk", "course"),
        ("checks", "from gpt2_ref import check", "check"),
    ],
)
def test_an_arrow_back_is_seen(part, line, back):
    assert arrows_back(part, line) == {back}


def test_every_part_has_its_rule():
    assert {part_of(path) for path in FILES} == set(MAY_IMPORT)


def test_importing_the_package_loads_nothing_heavy():
    names = ", ".join(repr(name) for name in HEAVY)
    code = f"import sys, torch; before = set(sys.modules); import gpt2_ref; print([n for n in ({names},) if n in set(sys.modules) - before])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
