"""A right answer of any style lets every later cell of its lesson run: only the exercise is judged, not its style."""

from functools import cache
from pathlib import Path
from types import CodeType

import pytest
import torch

from gpt2_ref.course.lessons import LESSONS
from gpt2_ref.course.source import Cell, read_source
from gpt2_ref.figures import canvas

RIGHT = Path(__file__).parents[1] / "answers" / "right"
STYLES = {
    "GPT2LayerNorm": [
        "flat_parameter",
        "one_parameter",
        "scale_as_one_plus_delta",
        "three_axis_parameters",
        "three_axis_parameters_broadcast",
        "parameter_dict",
        "helper_module",
        "subclass_of_torch",
    ],
    "causal_attention": ["short_names", "class_inside", "optional_arguments"],
    "MultiHeadSelfAttention": [
        "separate_no_bias",
        "fused_size_then_3",
        "head_modules",
        "raw_x_times_w",
        "torch_module_float_mask",
        "torch_module_subclassed",
        "functions_kept_outside",
        "other_argument_names",
        "lazy_linears",
    ],
}


def cells_of(exercise: str) -> tuple[list[Cell], int]:
    """The cells to run of the lesson that holds an exercise, and which of them is the exercise."""
    for lesson in LESSONS:
        # Widgets call the same functions as the figures beside them; transformers takes seconds to import.
        cells = [
            cell
            for cell in read_source(lesson.source)
            if cell.kind == "code"
            and not {"check", "widget", "progress"} & {*cell.tags}
            and "transformers" not in cell.solved
        ]
        for place, cell in enumerate(cells):
            if "exercise" in cell.tags and f" {exercise}(" in cell.solved:
                return cells, place
    raise LookupError(f"no lesson has the exercise {exercise}")


@cache
def compiled(source: str, name: str) -> CodeType:
    return compile(source, name, "exec")


def run_lesson(exercise: str, answer: str, name: str) -> None:
    """Run the lesson's cells in order, with `answer` in the place of the exercise's solution."""
    cells, exercise_place = cells_of(exercise)
    namespace = {"__name__": "any_style"}
    for place, cell in enumerate(cells):
        source = answer if place == exercise_place else cell.solved
        exec(compiled(source, name if place == exercise_place else f"cell {cell.id}"), namespace)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch):
    """Figures are made and described, but not turned into pixels; torch prints as it did before."""
    monkeypatch.setattr(canvas, "show", lambda drawing: drawing.get_label() or pytest.fail("no description"))
    yield
    torch.set_printoptions(profile="default")


@pytest.mark.parametrize(
    ("exercise", "style"), [(exercise, style) for exercise, styles in STYLES.items() for style in styles]
)
def test_later_cells_run_with_every_right_answer(exercise: str, style: str):
    path = RIGHT / exercise / f"{style}.py"
    run_lesson(exercise, path.read_text(encoding="utf-8"), str(path))
