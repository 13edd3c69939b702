"""Grading runs each notebook as it is; only an unchanged check cell that recorded a pass is right."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gpt2_ref.course import command_line, grade
from gpt2_ref.course.lessons import Lesson

LESSON = "01_layer_norm"
IMPORTS = "import torch\nfrom torch import nn\nfrom gpt2_ref import check"
RIGHT = """\
class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(embed_size)), nn.Parameter(torch.zeros(embed_size))
        self.eps = eps

    def forward(self, x):
        variance = x.var(-1, keepdim=True, unbiased=False)
        return (x - x.mean(-1, keepdim=True)) / torch.sqrt(variance + self.eps) * self.scale + self.shift
"""
WRONG = RIGHT.replace("unbiased=False", "unbiased=True")
BLANK = (
    "class GPT2LayerNorm(nn.Module):\n    def __init__(self, embed_size, eps=1e-5):\n        raise NotImplementedError"
)
CHECK = "# Is it right?\ncheck(GPT2LayerNorm)"
LATER = "GPT2LayerNorm(4)(torch.ones(4))"


def write(path: Path, *sources: str, ids: bool = True) -> Path:
    cells = []
    for place, source in enumerate(sources):
        tags = ["check"] if "check(" in source else []
        cell = {
            "cell_type": "code",
            "source": source,
            "metadata": {"tags": tags},
            "outputs": [],
            "execution_count": None,
        }
        cells.append(cell | ({"id": f"cell-{tags[0] if tags else place}"} if ids else {}))
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 if ids else 4}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture
def lessons(tmp_path):
    write(tmp_path / "notebooks" / f"{LESSON}.ipynb", IMPORTS, BLANK, CHECK, LATER)
    return [Lesson("01", LESSON, "Layer normalisation", tmp_path)]


@pytest.fixture
def graded(tmp_path, lessons):
    """Grades a notebook of these cells in a folder with a space and a desk, which must stay as it is."""
    desk = tmp_path / "my work"

    def run(*sources, cell_timeout=60.0, **options):
        path = write(desk / f"{LESSON}.ipynb", *sources, **options)
        (desk / ".gpt2_desk").mkdir()
        (desk / ".gpt2_desk" / "progress.json").write_text('{"exercises": {}}', encoding="utf-8")
        before = {file: file.read_bytes() for file in desk.rglob("*") if file.is_file()}
        report = grade.grade(path, cell_timeout, lessons)
        assert {file: file.read_bytes() for file in desk.rglob("*") if file.is_file()} == before
        return report

    return run


def test_right(graded):
    report = graded(IMPORTS, RIGHT, CHECK, LATER, ids=False)
    assert str(report) == "✓ GPT2LayerNorm" and report.right


def test_blank_counts_what_needs_it(graded):
    report = graded(IMPORTS, BLANK, CHECK, LATER)
    assert str(report) == (
        "· GPT2LayerNorm  not written yet\n! 1 later cell failed too: finish the exercises first"
    )  # fmt: skip
    assert not report.right


def test_wrong_is_named_whatever_other_cells_say(graded):
    report = graded(IMPORTS, RIGHT, "check( GPT2LayerNorm )", WRONG, CHECK)
    assert str(report) == "✗ GPT2LayerNorm  the variance is unbiased (unbiased-variance)" and not report.right


def test_redefined_check_cannot_pass(graded):
    report = graded(IMPORTS, RIGHT, "check(GPT2LayerNorm)\ndef check(answer): print('✓')", CHECK)
    assert str(report) == "✗ GPT2LayerNorm  its check did not run" and not report.right


def test_dead_kernel_is_noticed_long_before_the_limit(graded):
    report = graded("x = 1", "import os\nos._exit(1)", CHECK, cell_timeout=500.0)
    assert str(report) == "✗ GPT2LayerNorm  its check did not run\n! the kernel died in a cell: import os"
    assert not report.right


def test_endless_loop_and_failed_cell(graded):
    report = graded(
        "# my try\n1 / 0", "while True: pass", "def check(_): pass\nGPT2LayerNorm = 1", CHECK, cell_timeout=5.0
    )
    assert str(report).splitlines() == [
        "✗ GPT2LayerNorm  its check did not run",
        "! a cell failed: 1 / 0: ZeroDivisionError: division by zero",
        "! a cell did not end within 5 seconds: while True: pass",
    ]
    assert not report.right


@pytest.mark.parametrize(
    "cells, told",
    [
        ([IMPORTS], "check(GPT2LayerNorm) is missing: restore the cell"),
        (["try:\n    check(GPT2LayerNorm)\nexcept: pass"], "its check cell was changed: make it `check(GPT2LayerNorm)` again"),
        (["# check(GPT2LayerNorm)"], "its check cell was changed: make it `check(GPT2LayerNorm)` again"),
    ],
)  # fmt: skip
def test_check_cell_must_be_there_unchanged(tmp_path, lessons, monkeypatch, cells, told):
    passed = {"exercise": "GPT2LayerNorm", "passed": True, "attempted": True, "mistake": None, "title": ""}
    ran = {"outcome": "ok", "line": "", "error": "", "checks": [passed]}
    monkeypatch.setattr(grade, "run_cells", lambda *_: [ran] * len(cells))
    report = grade.grade(write(tmp_path / f"{LESSON}.ipynb", *cells), lessons=lessons)
    assert str(report) == f"✗ GPT2LayerNorm  {told}" and not report.right


def test_lesson_is_known_by_its_cells_where_the_name_tells_nothing(tmp_path, lessons):
    for ids in (True, False):
        path = write(tmp_path / "anna.ipynb", CHECK, ids=ids)
        assert grade.lesson_of(grade.read_cells(path), lessons) is lessons[0]
    path = write(tmp_path / "other.ipynb", "1")
    with pytest.raises(grade.NotGradable, match="none of the lessons: 01_layer_norm"):
        grade.lesson_of(grade.read_cells(path), lessons)


@pytest.mark.parametrize(
    "content, told",
    [
        (None, "there is no such file"),
        ("", "line 1 is not JSON"),
        ('{"cells": [\n<<<<<<< HEAD\n', "line 2 is the mark of an unfinished merge: <<<<<<< HEAD"),
        ("[1]", "not a notebook of format 4"),
        ('{"worksheets": []}', "not a notebook of format 4"),
        ('{"cells": [3]}', "not a notebook of format 4"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_files_that_are_no_notebooks(tmp_path, lessons, content, told):
    path = tmp_path / f"x_{LESSON}_anna.ipynb"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    report = grade.grade(path, lessons=lessons)
    assert told in str(report) and not report.right
    assert report.lesson == LESSON and str(report).startswith("✗ GPT2LayerNorm\n! ") and len(report.problems) == 1
    assert grade.csv_rows(report)[0][:4] == [str(path), LESSON, "GPT2LayerNorm", "not run"]


def test_what_pytest_says_when_nothing_runs(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(
        '{"cells": [{"cell_type": "odd", "source": ""}], "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8"
    )
    with pytest.raises(grade.NotGradable, match="it could not be run: ValidationError: The notebook is invalid"):
        grade.run_cells(path, 5.0)


def test_command_grades_several_and_writes_csv(tmp_path, lessons, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "LESSONS", lessons)
    passed = {"exercise": "GPT2LayerNorm", "passed": True, "attempted": True, "mistake": None, "title": ""}
    monkeypatch.setattr(grade, "run_cells", lambda *_: [{"outcome": "ok", "line": "", "error": "", "checks": [passed]}])
    anna = write(tmp_path / "in" / "anna" / f"{LESSON}.ipynb", CHECK)
    (tmp_path / "in" / "bob").mkdir()
    bob = tmp_path / "in" / "bob" / f"{LESSON}.ipynb"
    bob.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    assert command_line.main(["grade", str(tmp_path / "in" / "*" / "*.ipynb"), "--csv", str(tmp_path / "r.csv")]) == 1
    said = capsys.readouterr().out
    assert f"✓ {anna}" in said and f"✗ {bob}" in said and "  1 of 1  0 problems" in said
    assert "  0 of 1  1 problem\n" in said and "1 of 2 notebooks right, 1 of 2 exercises passed\n" in said
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1] == f"{anna},{LESSON},GPT2LayerNorm,passed,,," and "not run" in rows[2] and "<<<<<<< HEAD" in rows[2]
    assert command_line.main(["grade", str(anna)]) == 0


def test_unknown_lesson_is_one_line_and_status_2():
    done = subprocess.run([sys.executable, "-m", "gpt2_ref", "grade", "nix"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert "there is no lesson 'nix'" in done.stderr


def test_a_cell_that_spoils_the_record_harms_nobody(graded):
    spoil = "import os\nopen(os.environ['GPT2_REF_RECORD'], 'ab').write(b'{}\\nnot JSON\\n[1]\\n\\xff\\n')"
    report = graded(IMPORTS, RIGHT, spoil, CHECK)
    assert str(report) == "✓ GPT2LayerNorm" and report.right


def test_the_courses_own_class_does_not_count(graded):
    report = graded(IMPORTS, "from gpt2_ref import GPT2LayerNorm", CHECK)
    assert str(report) == "✗ GPT2LayerNorm  the course's own, not written here" and not report.right


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path):
    path = write(tmp_path / "a.ipynb", "x = 1")
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert len(grade.read_cells(path)) == 1 and [run["outcome"] for run in grade.run_cells(path, 60.0)] == ["ok"]


def test_an_error_is_told_by_its_line_and_cut(graded):
    stops = RIGHT.replace("variance = ", "variance = x.reshape(7) +")
    report = graded(IMPORTS, "y = 1\nraise ValueError('long ' * 100)", stops, CHECK)
    told, problem = str(report).splitlines()
    assert told.startswith(
        "✗ GPT2LayerNorm  it raises an error: RuntimeError: shape '[7]' is invalid for input of size"
    )
    assert problem.startswith("! a cell failed: raise ValueError('long ' * 100): ValueError: long long")
    assert problem.endswith("…") and len(problem) < 260


def test_a_comment_in_the_check_cell_is_no_change(tmp_path, lessons):
    cells = grade.read_cells(write(tmp_path / "a.ipynb", "x = 1", "check( GPT2LayerNorm )  # at last"))
    assert grade.place_of(grade.check_cells(lessons[0])["GPT2LayerNorm"], cells) == 1


def test_no_notebook_ends_the_run_of_the_others(tmp_path, lessons, monkeypatch):
    def odd(path, *_):
        if path.parent.name == "anna":
            raise KeyError("exercise")
        return grade.Report(path)

    monkeypatch.setattr(grade, "grade", odd)
    paths, kept = [tmp_path / name / f"{LESSON}.ipynb" for name in ("anna", "bob")], []
    reports = grade.grade_all(paths, lessons=lessons, say=lambda line: None, keep=kept.append)
    assert str(reports[0]) == "✗ GPT2LayerNorm\n! it could not be graded: KeyError: 'exercise'"
    assert reports[1].right and kept == reports


def test_no_cell_of_the_table_is_a_formula():
    report = grade.Report(Path("=1+1.ipynb"), problems=["@SUM(1)"])
    assert grade.csv_rows(report) == [["'=1+1.ipynb", "", "", "not run", "", "", "'@SUM(1)"]]


@pytest.mark.parametrize(
    "arguments, told",
    [
        ([""], "an empty TARGET"),
        (["nowhere/01"], "no such file or folder: nowhere/01"),
        (["nowhere.ipynb"], "no such file or folder: nowhere.ipynb"),
        (["01.ipynb", "--csv", "nowhere/r.csv"], "nowhere"),
        (["--cell-timeout", "abc"], "abc is not a positive number of seconds"),
    ],
)
def test_what_cannot_be_graded_is_refused_at_once(tmp_path, monkeypatch, capsys, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "01.ipynb").write_text("", encoding="utf-8")
    try:
        status = command_line.main(["grade", *arguments])
    except SystemExit as stopped:
        status = stopped.code
    said = capsys.readouterr()
    assert status == 2 and told in said.err and said.out == ""


def test_a_folder_below_backups_is_searched(tmp_path):
    path = write(tmp_path / "backups" / "2024" / "anna.ipynb", CHECK)
    write(tmp_path / "backups" / "2024" / "backups" / "old.ipynb", CHECK)
    assert command_line._notebooks(str(tmp_path / "backups" / "2024")) == [path]
