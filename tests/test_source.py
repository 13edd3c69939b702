from pathlib import Path

import pytest

from gpt2_ref.course.source import BuildError, Cell, read_source

GOOD = """\
# %% [markdown]
# # 01 · Doubling

# %% name="double-exercise" tags=["exercise"]
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    y = x + x
    return y
    ### END SOLUTION


class Twice:
    def __call__(self, x):
        ### BEGIN SOLUTION
        return 2 * x
        ### END SOLUTION

# %% name="double-check" tags=["check"]
double(1)

# %%
print("same")

# %%
print("same")
"""


def read(folder: Path, text: str) -> list[Cell]:
    path = folder / "01_double.py"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


def test_the_blank_hides_the_solution_and_the_solved_cell_only_loses_its_markers(tmp_path: Path):
    exercise = read(tmp_path, GOOD)[1]
    assert exercise.blank == (
        'def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n    raise NotImplementedError\n\n\n'
        "class Twice:\n    def __call__(self, x):\n"
        "        # YOUR CODE HERE\n        raise NotImplementedError"
    )
    assert exercise.solved == (
        'def double(x):\n    """Twice x."""\n    y = x + x\n    return y\n\n\n'
        "class Twice:\n    def __call__(self, x):\n        return 2 * x"
    )


def test_a_name_is_the_id_and_equal_cells_get_different_ones(tmp_path: Path):
    ids = [cell.id for cell in read(tmp_path, GOOD)]
    assert ids[1:3] == ["double-exercise", "double-check"]
    assert ids[4] == f"{ids[3]}-2"


def test_a_new_cell_renumbers_nothing(tmp_path: Path):
    before = [cell.id for cell in read(tmp_path, GOOD)]
    after = [cell.id for cell in read(tmp_path, "# %%\nfirst = 1\n\n" + GOOD)]
    assert after[1:] == before


EXERCISE = '# %% name="a" tags=["exercise"]\ndef f():\n'
BEGIN, END, BODY = "    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n", "    return 1\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (EXERCISE + BEGIN + BODY, ":3: BEGIN SOLUTION without an END"),
        (EXERCISE + BODY + END, ":4: END SOLUTION without a BEGIN"),
        (
            EXERCISE + BEGIN + BEGIN + BODY + END + END,
            ":4: BEGIN SOLUTION inside the solution begun on line 3",
        ),
        (EXERCISE + BEGIN + BODY + "# %%\nx = 1\n" + END, ":3: BEGIN SOLUTION without an END"),
        (EXERCISE + BODY, ":1: an exercise without solution markers"),
        (EXERCISE + BEGIN.replace("###", "#") + BODY + END, ":3: write `### BEGIN SOLUTION`"),
        (EXERCISE + BEGIN.lower() + BODY + END, ":3: write `### BEGIN SOLUTION`"),
        (EXERCISE + BEGIN + "    return 1 ### END SOLUTION\n", ":4: write `### BEGIN SOLUTION`"),
        ("# %%\ndef f():\n" + BEGIN + BODY + END, ':3: a cell with solution markers needs tags=["exercise"]'),
        (
            "# %% [markdown]\n# ### BEGIN SOLUTION\n# ### END SOLUTION\n",
            ":2: solution markers belong in code",
        ),
        (
            EXERCISE.replace('name="a" ', "") + BEGIN + BODY + END,
            ':1: a cell tagged exercise or check needs a name="',
        ),
        ('# %% tags=["check"]\nx = 1\n', ':1: a cell tagged exercise or check needs a name="'),
        ('# %% name="A b"\nx = 1\n', ":1: the name 'A b' must be"),
        ('# %% name=""\nx = 1\n', ":1: '' does not match"),
        ("# %% name=3\nx = 1\n", ":1: 3 is not of type 'string'"),
        ('# %% name="a"\nx = 1\n# %% name="a"\nx = 2\n', ":3: the name 'a' is taken"),
        ('# %% tags=["nbval-skip"]\nx = 1\n', ":1: the tag nbval-skip"),
        ('# %% tags=["skip-execution"]\nx = 1\n', ":1: the tag skip-execution"),
        ('# %% tags="check"\nx = 1\n', ":1: 'check' is not of type 'array'"),
        ("# %% tags=[check]\nx = 1\n", ":1: only name, tags and jupyter may stand here"),
        ('# %% tag=["check"]\nx = 1\n', ":1: only name, tags and jupyter may stand here"),
        ("x = 1\n# %%\ny = 1\n", ":2: 1 lines start with `# %%`, but there are 2 cells"),
        ("x = 1\n", ":1: 0 lines start with `# %%`"),
        ("", ":1: 0 lines start with `# %%`"),
        ('# %%\nx = """\n# %% no cell\n"""\n', "# %%`, but there are 1 cells"),
        (
            EXERCISE + BEGIN + "    if x:\n        return 1\n" + END + "    else:\n        return 2\n",
            ":1: without its solution this exercise is not Python",
        ),
    ],
)
def test_a_source_that_breaks_a_rule_is_refused_by_file_and_line(text: str, fault: str, tmp_path: Path):
    with pytest.raises(BuildError) as refusal:
        read(tmp_path, text)
    assert str(refusal.value).startswith("01_double.py:")
    assert fault in str(refusal.value)
