"""Every guard is shown to fail: one fault at a time is seeded into a notebook that has none."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from nbformat import NotebookNode, v4, write

from gpt2_ref.course.guards import find_faults

FIGURE = '<img src="data:image/png;base64,/tmp/ab/cd==" alt="who sees whom: 6 of 9 pairs">'
EXPLORE, SHOW, CHECK, TIMING, RAISES, TEXT = "explore", "show", "double-check", "timing", "raises", "text"


def code(id: str, source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    return v4.new_code_cell(source, id=id, outputs=list(outputs), metadata={"tags": list(tags)})


def display(**data: str) -> NotebookNode:
    return v4.new_output("display_data", data={kind.replace("_", "/"): text for kind, text in data.items()})


def stream(text: str, name: str = "stdout") -> NotebookNode:
    return v4.new_output("stream", name=name, text=text)


def error(text: str = "no", traceback: tuple[str, ...] = ()) -> NotebookNode:
    return v4.new_output("error", ename="ValueError", evalue=text, traceback=list(traceback))


def good() -> NotebookNode:
    cells = [
        v4.new_markdown_cell("# 01 · Doubling\n\n![a doubled cat, 2 of them](cat.png)", id=TEXT),
        code("double-exercise", "def double(x):\n    return x + x", tags=("exercise",)),
        code(
            CHECK,
            "%time\ncheck(double)",
            display(text_plain="✓ double", text_html="<b>✓</b> double"),
            tags=("check",),
        ),
        code(EXPLORE, "explore(draw)", tags=("widget", "nbval-ignore-output")),
        code(SHOW, "show(draw())", display(text_html=FIGURE, text_plain="who sees whom: 6 of 9 pairs")),
        code(TIMING, "assert f() < 1", stream("0.4 s"), tags=("timing", "nbval-ignore-output")),
        code(RAISES, "double(None)", error(), tags=("raises-exception",)),
    ]
    for count, cell in enumerate(cells[1:], 1):
        cell.execution_count = count
    return v4.new_notebook(cells=cells)


def faults_of(folder: Path, notebook: NotebookNode, exercises: tuple[str, ...] = ("double",)) -> list[str]:
    solved, blank = folder / "solved.ipynb", folder / "blank.ipynb"
    write(notebook, solved)
    write(good(), blank)
    return find_faults(solved, blank, exercises)


def change(id: str, /, **changes: object) -> Callable[[NotebookNode], None]:
    """A fault: the cell called `id` with other fields; `tags` are its metadata's."""

    def seed(notebook: NotebookNode) -> None:
        cell = next(cell for cell in notebook.cells if cell.id == id)
        for name, value in changes.items():
            if name == "tags":
                cell.metadata.tags = value
            else:
                cell[name] = value

    return seed


def remove(id: str) -> Callable[[NotebookNode], None]:
    def seed(notebook: NotebookNode) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.id != id]

    return seed


def swap_ids(notebook: NotebookNode) -> None:
    first, second = notebook.cells[1:3]
    first.id, second.id = second.id, first.id


FAULTS = [
    # stripped or partial runs
    (change(SHOW, execution_count=None), "cell show has the execution count None, not 4"),
    (change(SHOW, execution_count=9), "cell show has the execution count 9, not 4"),
    # cells that nbval does not compare
    (change(SHOW, tags=["nbval-skip"]), "cell show is tagged nbval-skip"),
    (change(SHOW, tags=["nbval-ignore-output"]), "cell show is tagged nbval-ignore-output but none of"),
    (
        change(SHOW, source="# NBVAL_SKIP\nshow(draw())"),
        "cell show steers the tests by the comment NBVAL_SKIP",
    ),
    (change(SHOW, source="x = 1\n  #NBVAL_IGNORE_OUTPUT"), "by the comment NBVAL_IGNORE_OUTPUT"),
    (change(TIMING, source="f()  # assert"), "cell timing is tagged timing and asserts nothing"),
    (
        change(SHOW, tags=["progress", "nbval-ignore-output"]),
        "cell show is tagged progress and holds more than progress()",
    ),
    # errors
    (change(SHOW, outputs=[error()]), "cell show holds an error"),
    (change(RAISES, outputs=[]), "cell raises is tagged raises-exception and holds no error"),
    # checks
    (remove(CHECK), "the exercise double has no check cell"),
    (change(CHECK, tags=[]), "the exercise double has no check cell"),
    (change(CHECK, outputs=[]), "cell double-check stores no ✓ double"),
    (change(CHECK, outputs=[stream("✗ double")]), "cell double-check stores no ✓ double"),
    (change(CHECK, outputs=[stream("✓ doubled")]), "cell double-check stores no ✓ double"),
    (change(CHECK, outputs=[stream("✓ softmax")]), "cell double-check stores no ✓ double"),
    (
        change(CHECK, source="try:\n    check(double)\nexcept Exception:\n    pass"),
        "has no bare line check(NAME)",
    ),
    (change(CHECK, source="if done:\n    check(double)"), "has no bare line check(NAME)"),
    (change(CHECK, source="# check(double)"), "has no bare line check(NAME)"),
    (change(CHECK, source="check(lambda x: 2 * x)"), "has no bare line check(NAME)"),
    (change(CHECK, source="checked(double)"), "has no bare line check(NAME)"),
    (change(CHECK, source="check(double"), "has no bare line check(NAME)"),
    (change(SHOW, source="def check(answer):\n    print('✓')"), "cell show makes a check of its own"),
    (change(SHOW, source="check = print"), "cell show makes a check of its own"),
    # figures
    (
        change(SHOW, outputs=[display(text_html="<img src='x'>", text_plain="6 of 9")]),
        "figure without alt text",
    ),
    (
        change(SHOW, outputs=[display(text_html='<img alt=" ">', text_plain="6 of 9")]),
        "figure without alt text",
    ),
    (change(SHOW, outputs=[display(image_png="aGk=", text_plain="6 of 9")]), "figure without alt text"),
    (change(SHOW, outputs=[display(text_html=FIGURE)]), "cell show shows a figure without a number"),
    (change(SHOW, outputs=[display(text_html=FIGURE, text_plain="a triangle")]), "a figure without a number"),
    (change(SHOW, outputs=[]), "cell explore shows a widget with no figure"),
    (change(TEXT, source="# 01\n\n![](cat.png)"), "cell text has an image without alt text"),
    (change(TEXT, source="# 01\n\n![ ][cat]"), "cell text has an image without alt text"),
    (change(TEXT, source="<img src='cat.png'>"), "cell text has an image without alt text"),
    # what differs between machines
    (change(SHOW, outputs=[stream("old", "stderr")]), "cell show writes to stderr"),
    (change(SHOW, outputs=[stream("in /home/ada/x.py")]), "a path of one machine: /home/ada/x.py"),
    (change(SHOW, outputs=[stream("File ~/x.py")]), "a path of one machine: ~/x"),
    (change(SHOW, outputs=[display(text_plain=r"'C:\Users\ada' 1")]), r"a path of one machine: C:\U"),
    (change(RAISES, outputs=[error("no", ("File \x1b[32m/opt/venv/x.py:3",))]), "machine: /opt/venv/x.py"),
    (change(RAISES, outputs=[error("no file '/tmp/a'")]), "a path of one machine: /tmp/a"),
    # the same cells as the blank
    (remove(SHOW), "the ids differ from the blank notebook's: show"),
    (change(SHOW, id="other"), "the ids differ from the blank notebook's: other, show"),
    (swap_ids, "the ids differ from the blank notebook's: their order"),
]


def test_a_good_notebook_has_no_faults(tmp_path: Path):
    assert faults_of(tmp_path, good()) == []


@pytest.mark.parametrize(("seed", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_a_seeded_fault_is_named(seed: Callable[[NotebookNode], None], fault: str, tmp_path: Path):
    notebook = deepcopy(good())
    seed(notebook)
    assert any(fault in found for found in faults_of(tmp_path, notebook))


def test_an_exercise_that_no_cell_checks_is_named(tmp_path: Path):
    assert faults_of(tmp_path, good(), ("double", "halve")) == ["the exercise halve has no check cell"]


@pytest.mark.parametrize(
    "text",
    [
        "mean 1/2, and/or, 3 / 4",
        "https://arxiv.org/abs/1607.06450",
        "gpt2_ref/model/layer_norm.py",
        "</td></tr>",
        "a: b",
    ],
)
def test_what_is_no_machine_path_is_not_taken_for_one(text: str, tmp_path: Path):
    notebook = good()
    change(SHOW, outputs=[display(text_html=FIGURE, text_plain=f"6 of 9 {text}")])(notebook)
    assert faults_of(tmp_path, notebook) == []


def test_a_figure_may_stand_on_either_side_of_its_widget(tmp_path: Path):
    notebook = good()
    cells = notebook.cells
    cells[3], cells[4] = cells[4], cells[3]
    cells[3].execution_count, cells[4].execution_count = 3, 4
    cells.insert(4, v4.new_markdown_cell("Now move the slider.", id="between"))
    assert [fault for fault in faults_of(tmp_path, notebook) if "ids differ" not in fault] == []
