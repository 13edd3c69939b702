import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from gpt2_ref.course.build import build, build_command, check_current, find_orphans
from gpt2_ref.course.lessons import Lesson
from gpt2_ref.course.source import BuildError

FULL = """\
# %% [markdown]
# # 01 · Doubling — naïve

# %%
import sys

from ipywidgets import IntSlider

from gpt2_ref.figures.canvas import describe, explore, figure, show

print("one", flush=True)
print("two")

# %% name="double-exercise" tags=["exercise"]
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% name="double-check" tags=["check"]
print("✓ double", double(4))

# %%
def draw(size):
    drawing, axes = figure()
    axes.plot([double(x) for x in range(size)])
    return describe(drawing, f"double of 0 to {size - 1}: the last is {double(size - 1)}")

show(draw(4))

# %% tags=["widget"]
explore(draw, size=IntSlider(3, 1, 5))

# %% tags=["raises-exception"]
double(None)

# %% tags=["timing"]
assert double(1) == 2
"""
PLAIN = "# %% [markdown]\n# # 01 · Plain\n\n# %%\nprint('hello')\n\n# %%\nx = 1\n"


def make_lesson(root: Path, text: str) -> Lesson:
    lesson = Lesson("01", "01_double", "Doubling", root)
    lesson.source.parent.mkdir(exist_ok=True)
    lesson.source.write_text(text, encoding="utf-8", newline="\n")
    return lesson


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    lesson = make_lesson(tmp_path_factory.mktemp("full"), FULL)
    assert build(lesson, report=lambda line: None) == [lesson.blank, lesson.solved]
    return lesson


@pytest.fixture(scope="module")
def built_plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lesson = make_lesson(tmp_path_factory.mktemp("plain"), PLAIN)
    build(lesson, report=lambda line: None)
    return lesson.root


@pytest.fixture
def plain(built_plain: Path, tmp_path: Path) -> Lesson:
    shutil.copytree(built_plain, tmp_path, dirs_exist_ok=True)
    return make_lesson(tmp_path, PLAIN)


def test_blank_and_solved_differ_only_in_exercises_outputs_and_counts(full: Lesson):
    blank, solved = read(full.blank).cells, read(full.solved).cells
    assert [(cell.id, cell.metadata) for cell in blank] == [(cell.id, cell.metadata) for cell in solved]
    differing = [a.id for a, b in zip(blank, solved, strict=True) if a.source != b.source]
    assert differing == ["double-exercise"]
    assert "x + x" not in full.blank.read_text(encoding="utf-8")
    assert "SOLUTION" not in full.solved.read_text(encoding="utf-8")


def test_the_blank_holds_no_run_and_the_solved_notebook_a_complete_one(full: Lesson):
    blank, solved = ([cell for cell in read(path).cells if "outputs" in cell] for path in (full.blank, full.solved))
    assert all(cell.outputs == [] and cell.execution_count is None for cell in blank)
    assert [cell.execution_count for cell in solved] == list(range(1, len(solved) + 1))
    assert solved[0].outputs[0].text == "one\ntwo\n"
    assert solved[3].outputs[0].data["text/plain"] == "double of 0 to 3: the last is 6"


def test_no_trace_of_widgets_timings_or_the_machine_is_stored(full: Lesson):
    text = full.solved.read_text(encoding="utf-8")
    for trace in (
        "widget-view",
        "widget-state",
        "VBox",
        "iopub",
        "nbconvert_exporter",
        "jupytext",
        '"name": "double',
    ):
        assert trace not in text
    assert read(full.solved).metadata == read(full.blank).metadata
    assert set(read(full.blank).metadata) == {"kernelspec", "language_info"}


def test_cells_that_cannot_be_compared_are_tagged_for_nbval(full: Lesson):
    ignored = [cell.source for cell in read(full.blank).cells if "nbval-ignore-output" in cell.metadata.get("tags", [])]
    assert ignored == ["explore(draw, size=IntSlider(3, 1, 5))", "assert double(1) == 2"]


@pytest.mark.parametrize("kind", ["blank", "solved"])
def test_files_are_utf8_with_lf_and_one_space_of_indent(kind: str, full: Lesson):
    content: bytes = getattr(full, kind).read_bytes()
    assert b"\r" not in content and content.endswith(b"}\n") and not content.endswith(b"\n\n")
    assert content.startswith(b'{\n "cells"') and "Doubling — naïve".encode() in content


def test_building_again_runs_nothing_and_changes_no_byte(full: Lesson):
    before = full.blank.read_bytes(), full.solved.read_bytes()
    lines: list[str] = []
    assert build(full, report=lines.append) == []
    assert lines == []
    assert (full.blank.read_bytes(), full.solved.read_bytes()) == before


def test_a_forced_run_changes_no_byte_and_shows_its_progress(full: Lesson):
    before = full.solved.read_bytes()
    lines: list[str] = []
    assert build(full, force=True, report=lines.append) == []
    assert full.solved.read_bytes() == before
    assert lines[-1] == "  01_double: cell 7 of 7"


def strip_counts(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1].execution_count = None


def edit_source(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1].source += "  # changed"


def edit_tags(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1].metadata["tags"] = ["check"]


def edit_id(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1].id = "other"


def drop_cell(notebook: nbformat.NotebookNode) -> None:
    del notebook.cells[2]


def swap_cells(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1:] = notebook.cells[:0:-1]


def seed(path: Path, fault: Callable[[nbformat.NotebookNode], None]) -> None:
    notebook = read(path)
    fault(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


@pytest.mark.parametrize("fault", [strip_counts, edit_source, edit_tags, edit_id, drop_cell])
def test_a_stored_run_of_other_cells_is_run_again(fault: Callable, plain: Lesson):
    before = plain.solved.read_bytes()
    seed(plain.solved, fault)
    assert build(plain, report=lambda line: None) == [plain.solved]
    assert plain.solved.read_bytes() == before


@pytest.mark.parametrize("content", ["", "[]", "{}", "<<<<<<< HEAD"])
def test_a_damaged_notebook_is_reported_and_built_anew(content: str, plain: Lesson):
    before = plain.blank.read_bytes()
    plain.blank.write_text(content, encoding="utf-8")
    assert len(check_current(plain)) >= 1
    assert build(plain) == [plain.blank]
    assert plain.blank.read_bytes() == before


def test_the_kernel_is_the_python_that_builds(plain: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stale = tmp_path / "share" / "kernels" / "python3"
    stale.mkdir(parents=True)
    spec = {"argv": ["no-such-python", "{connection_file}"], "display_name": "stale", "language": "python"}
    (stale / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    make_lesson(tmp_path, f"# %%\nimport sys\n\nassert sys.executable == {sys.executable!r}\n")
    assert build(plain, report=lambda line: None) == [plain.blank, plain.solved]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("# %%\n1 / 0\n", r"(?s)01_double.py:9: cell .* fails\nZeroDivisionError: division by zero"),
        (
            "# %%\nimport warnings\nwarnings.warn('old')\n",
            r"(?s)writes to stderr, but a lesson is silent:.*old",
        ),
        ("# %%\nimport ipywidgets\nipywidgets.IntSlider()\n", "shows a widget; the tag widget must say so"),
        ('# %% tags=["widget"]\nx = 1\n', "shows no widget; the tag widget must say so"),
        (
            '# %% tags=["widget"]\nfrom gpt2_ref.figures.canvas import explore\nexplore(lambda: 1 / 0)\n',
            "a widget shows an error in place of its picture: .*ZeroDivisionError",
        ),
        ("# %%\nimport os\nos._exit(1)\n", "01_double.py:9: cell .* does not end"),
    ],
)
def test_a_lesson_that_does_not_run_well_is_refused_and_changes_nothing(cells: str, fault: str, plain: Lesson):
    before = plain.blank.read_bytes(), plain.solved.read_bytes()
    make_lesson(plain.root, PLAIN + cells)
    with pytest.raises(BuildError, match=fault):
        build(plain, report=lambda line: None)
    assert (plain.blank.read_bytes(), plain.solved.read_bytes()) == before


def test_built_notebooks_are_current(full: Lesson):
    assert check_current(full) == []


@pytest.mark.parametrize("kind", ["blank", "solved"])
@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (edit_source, "has another source than the source"),
        (edit_tags, "has another tags than the source"),
        (edit_id, "is not in the source"),
        (drop_cell, "is missing"),
        (swap_cells, "has its cells in another order"),
    ],
)
def test_a_notebook_that_is_not_current_is_named(kind: str, fault: Callable, text: str, plain: Lesson):
    seed(getattr(plain, kind), fault)
    faults = check_current(plain)
    folder = {"blank": "notebooks", "solved": "solutions"}[kind]
    assert all(line.startswith(f"{folder}/01_double.ipynb") for line in faults)
    assert any(text in line for line in faults), faults


def test_a_blank_that_was_run_is_named(plain: Lesson):
    plain.blank.write_bytes(plain.solved.read_bytes())
    assert check_current(plain) == ["notebooks/01_double.ipynb was run or edited since it was built"]


def test_notebooks_without_a_source_are_named(plain: Lesson):
    (plain.blank.parent / "09_gone.ipynb").write_bytes(plain.blank.read_bytes())
    assert find_orphans(plain.root) == ["notebooks/09_gone.ipynb has no source 09_gone.py"]
    assert build_command([], check=True, root=plain.root) == 1


def test_the_command_tells_by_its_exit_status(plain: Lesson, capsys: pytest.CaptureFixture):
    assert build_command(["1"], check=True, root=plain.root) == 0
    assert "1 lessons are current" in capsys.readouterr().out
    assert build_command([], root=plain.root) == 0
    assert "01_double: nothing changed" in capsys.readouterr().out
    assert build_command(["7"], root=plain.root) == 2
    assert "the lessons are: 01_double" in capsys.readouterr().err
    seed(plain.solved, edit_source)
    assert build_command([], check=True, root=plain.root) == 1
    make_lesson(plain.root, PLAIN + "    ### END SOLUTION\n")
    assert build_command(["double"], root=plain.root) == 1
    assert "01_double.py:9:" in capsys.readouterr().err


def test_the_command_without_lessons_is_not_green(tmp_path: Path):
    assert build_command([], check=True, root=tmp_path) == 1
