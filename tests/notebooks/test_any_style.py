"""A right answer of any style lets every later cell of its lesson run: only the exercise is judged, not its style."""

from functools import cache
from pathlib import Path
from types import CodeType

import pytest
import torch

from gpt2_ref import training
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
    "PositionWiseFeedForward": [
        "lazy_linears",
        "one_flat_vector",
        "pointwise_convolution",
    ],
    "GPT2Block": [
        "inline_fused",
        "everything_in_one_vector",
        "torch_encoder_layer",
        "lazy_feed_forward",
    ],
    "GPT2OutputLayer": [
        "raw_columns",
        "lazy",
        "tensordot",
        "tied_if_asked",
        "with_dropout",
    ],
    "GPT2": [
        "all_raw",
        "torch_encoder",
        "tied_in_forward",
        "sequence_first_blocks",
        "no_biases",
        "recursion",
        "last_block_first",
        "matrix_product_with_the_table",
    ],
    "load_checkpoint": [
        "renamed_state_dict",
        "heads_as_modules",
        "torch_attention",
        "new_parameters_tied_again",
        "in_the_order_of_parameters",
    ],
    "sample_next_token": [
        "class_with_call",
        "python_random",
        "int32_ids",
        "numpy_generator",
        "argmax_of_powers",
        "nucleus_row_by_row",
    ],
    "generate": [
        "class_with_state",
        "generator_of_tokens",
        "leaves_training_mode",
        "further_options",
        "recursive",
        "gradients_left_on",
    ],
    "CachedSelfAttention": [
        "dict_with_detached_rows",
        "handle_into_a_store",
        "inputs_cached_unprojected",
        "lazy_layers",
        "options_after_the_cache",
        "returned_as_a_list",
        "newest_first",
        "heads_folded_into_the_batch",
        "the_packages_own_cache",
    ],
    "sliding_window_mask": [
        "naive_loops",
        "numpy_inside",
    ],
    "SlidingWindowAttention": [
        "chunks_of_queries",
        "torch_module_wrapped",
        "einsum_raw_parameters",
    ],
    "GroupQueryAttention": [
        "group_modules",
        "fused_kv_group_major",
        "projections_repeated_before_splitting",
    ],
    "RotaryPositionalEncoding": [
        "complex_multiplication",
        "mirrored_pairs",
        "turns_the_other_way",
    ],
    "TransformerBlock": [
        "everything_by_hand",
        "without_biases",
        "keyword_x",
    ],
    "ConfigurableGPT2": [
        "own_everything",
        "keyword_only_options",
        "positions_as_a_module_of_zeros",
    ],
    "cross_entropy": [
        "in_float32",
        "list_then_stack",
        "one_hot_product",
        "helper_functions",
    ],
    "train_step": [
        "autograd_grad",
        "returns_graph",
        "closure",
        "numpy_number",
    ],
    "learning_rate": [
        "torch_tensors",
        "numpy_numbers",
        "torch_scheduler",
    ],
    "attention_pattern": [
        "hooks_on_query_and_key",
        "float_result",
        "gradient_by_values",
        "copy_with_unit_values",
    ],
    "induction_score": [
        "python_numbers",
        "numpy_and_back",
        "identity_matrix",
    ],
    "logit_lens": [
        "hooks_on_norm_inputs",
        "in_place_on_a_copy",
        "identity_blocks",
    ],
}
# Where a style's run ends: the next exercise's solution uses names of this one's, a model is trained or writes for long.
ENDS = {
    "GPT2OutputLayer": "class GPT2(",
    "GPT2": "def load_checkpoint(",
    "sample_next_token": "def words_of(",
    "generate": "def words_of(",
    "cross_entropy": "variants = {",
    "train_step": "variants = {",
    "learning_rate": "variants = {",
}


def cells_of(exercise: str) -> tuple[list[Cell], int]:
    """The cells to run of the lesson that holds an exercise, and which of them is the exercise."""
    for lesson in LESSONS:
        # Widgets call the same functions as the figures beside them.
        cells = [
            cell
            for cell in read_source(lesson.source)
            if cell.kind == "code" and not {"check", "widget", "progress"} & {*cell.tags}
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
        if place > exercise_place and ENDS.get(exercise, "nowhere") in cell.solved:
            break
        source = answer if place == exercise_place else cell.solved
        exec(compiled(source, name if place == exercise_place else f"cell {cell.id}"), namespace)


@pytest.fixture(autouse=True, scope="module")
def tokens_made_once(tmp_path_factory: pytest.TempPathFactory):
    """Lesson 11 trains for a moment only, on tokens that are made once for all styles."""
    prepare = training.prepare
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPT2_REF_TRAINING_SECONDS", "2")
        folder = tmp_path_factory.mktemp("corpus")
        patch.setattr(training, "prepare", lambda files, _folder, *others: prepare(files, folder, *others))
        yield


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch):
    """Figures are made and described, but not turned into pixels; torch's settings are as before."""
    threads = torch.get_num_threads()
    monkeypatch.setattr(canvas, "show", lambda drawing: drawing.get_label() or pytest.fail("no description"))
    yield
    torch.set_printoptions(profile="default")
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("exercise", "style"), [(exercise, style) for exercise, styles in STYLES.items() for style in styles]
)
def test_later_cells_run_with_every_right_answer(exercise: str, style: str):
    path = RIGHT / exercise / f"{style}.py"
    run_lesson(exercise, path.read_text(encoding="utf-8"), str(path))
