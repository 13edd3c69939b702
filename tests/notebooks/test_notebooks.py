"""The built notebooks: current, run from top to bottom, true in every stored number, blank where they must be."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gpt2_ref.course.build import build, check_current, code_cells, find_orphans, run_cells
from gpt2_ref.course.guards import checked_names, find_faults
from gpt2_ref.course.lessons import LESSONS, ROOT, Lesson

SANITIZE = Path(__file__).with_name("sanitize.cfg")
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "300", "--nbval-sanitize-with", str(SANITIZE)]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def run_strict_nbval(path: Path) -> tuple[int, int, str]:
    """Exit status, number of passed cells and report of a run that compares every output."""
    command = [sys.executable, "-m", "pytest", *NBVAL, "-q", "--color=no", "-p", "no:cacheprovider", str(path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment.setdefault("GPT2_REF_TRAINING_SECONDS", "20")  # lesson 11 trains for two minutes otherwise
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    passed = re.search(r"(\d+) passed", done.stdout)
    return done.returncode, int(passed[1]) if passed else 0, done.stdout + done.stderr


def run_to_first_check(path: Path) -> tuple[str, nbformat.NotebookNode | None]:
    """Run the notebook as far as its first check cell: the id of the first cell that fails, and its error."""
    notebook = read(path)
    first = next(place for place, cell in enumerate(notebook.cells) if "check" in cell.metadata.get("tags", []))
    notebook.cells = notebook.cells[: first + 1]
    run_cells(notebook, path.parent, allow_errors=True)
    errors = [(cell.id, out) for cell in code_cells(notebook) for out in cell.outputs if out.output_type == "error"]
    return errors[0] if errors else ("", None)


# Every lesson


def test_every_notebook_has_a_source():
    assert find_orphans() == []


@each_lesson
def test_notebooks_are_current(lesson: Lesson):
    assert check_current(lesson) == [], f"run: python -m gpt2_ref build {lesson.name}"


@each_lesson
def test_the_solved_notebook_has_no_way_of_being_green_and_wrong(lesson: Lesson):
    assert find_faults(lesson.solved, lesson.blank) == []


@each_lesson
def test_the_solved_notebook_passes_strict_nbval(lesson: Lesson):
    status, passed, report = run_strict_nbval(lesson.solved)
    assert status == 0, report
    assert passed == len(code_cells(read(lesson.solved))), report


@each_lesson
def test_the_blank_notebook_runs_to_its_first_check_which_names_what_is_missing(lesson: Lesson):
    check = next(cell for cell in read(lesson.blank).cells if "check" in cell.metadata.get("tags", []))
    failed, error = run_to_first_check(lesson.blank)
    assert failed == check.id, error
    assert error.ename == "NotAttempted"
    assert checked_names(check)[0] in error.evalue


# The tests above fail when they should: one small lesson, one fault at a time

SMALL = """\
# %%
from gpt2_ref.figures.canvas import describe, figure, show

print("7 tokens")

# %% name="double-exercise" tags=["exercise"]
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% name="double-check" tags=["check"]
print("✓ double", double(4))

# %% name="figure"
drawing, axes = figure(2, 1)
show(describe(drawing, "an empty picture of 0 lines"))
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    lesson = Lesson("90", "90_small", "Small", tmp_path_factory.mktemp("course"))
    lesson.source.parent.mkdir()
    lesson.source.write_text(SMALL, encoding="utf-8")
    build(lesson, report=lambda line: None)
    return lesson


def change_text(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[0].outputs[0].text = "8 tokens\n"


def change_words(notebook: nbformat.NotebookNode) -> None:
    data = notebook.cells[3].outputs[0].data
    data["text/plain"] = data["text/plain"].replace("0 lines", "1 lines")


def change_alt(notebook: nbformat.NotebookNode) -> None:
    data = notebook.cells[3].outputs[0].data
    data["text/html"] = data["text/html"].replace("0 lines", "1 lines")


def change_pixels(notebook: nbformat.NotebookNode) -> None:
    data = notebook.cells[3].outputs[0].data
    data["text/html"] = re.sub(r"base64,[^\"]+", "base64,iVBORw0KGgo=", data["text/html"])


def test_only_pixels_may_differ_from_what_is_stored(small: Lesson, tmp_path: Path):
    for fault in (change_text, change_words, change_alt, change_pixels):
        notebook = read(small.solved)
        fault(notebook)
        assert notebook != read(small.solved)
        text = nbformat.writes(notebook)
        (tmp_path / f"{fault.__name__}.ipynb").write_text(text, encoding="utf-8")
    status, passed, report = run_strict_nbval(tmp_path)
    failed = re.findall(r"^FAILED .*?(\w+)\.ipynb::.*?Cell (\d+)", report, re.MULTILINE)
    assert sorted(failed) == [("change_alt", "3"), ("change_text", "0"), ("change_words", "3")]
    assert (status, passed) == (1, 13)


def test_a_blank_stops_at_its_first_check(small: Lesson):
    failed, error = run_to_first_check(small.blank)
    assert (failed, error.ename) == ("double-check", "NotImplementedError")


def test_a_blank_that_fails_before_its_first_check_is_seen(small: Lesson, tmp_path: Path):
    notebook = read(small.blank)
    notebook.cells[0].source = "no_such_name"
    (tmp_path / "blank.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    failed, error = run_to_first_check(tmp_path / "blank.ipynb")
    assert (failed, error.ename) == (notebook.cells[0].id, "NameError")


@pytest.mark.parametrize(
    ("text", "sanitized"),
    [
        (
            '<img src="data:image/png;base64,aGk+/a==" alt="3 of 9">',
            '<img src="data:image/png;base64,IMAGE" alt="3 of 9">',
        ),
        ("a 10%|█         | 1/10 [00:00<00:01]\ra 100%|██████████| 10/10", "PROGRESS-BAR"),
        ("<Linear object at 0x7f3a5c0d>", "<Linear object at ADDRESS>"),
        ("0xff", "0xff"),
        ("in /tmp/ipykernel_12/34567.py:3: UserWarning", "in IPYKERNEL: UserWarning"),
        ("12.5 it/s, 3 tokens/s, 0.1s/it", "RATE, RATE, RATE"),
        (
            "took 1.25 s or 12 ms or 3 µs or 3 μs or 5ns",
            "took DURATION or DURATION or DURATION or DURATION or DURATION",
        ),
        ("7 tokens, 0.125 scale, 4 x 4 samples", "7 tokens, 0.125 scale, 4 x 4 samples"),
    ],
)
def test_what_is_sanitized_and_what_is_not(text: str, sanitized: str):
    from nbval.plugin import get_sanitize_patterns

    patterns = get_sanitize_patterns(SANITIZE.read_text(encoding="ascii"))
    assert len(patterns) == SANITIZE.read_text(encoding="ascii").count("regex:")
    for regex, replacement in patterns:
        text = re.sub(regex, replacement, text)
    assert text == sanitized
