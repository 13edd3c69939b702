"""The pictures of lesson 03 describe themselves with the true numbers, for right answers and wrong ones."""

import io
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F

from gpt2_ref.figures import block as pictures

FACTS = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
PHRASES = ["bad", "good", "not bad", "not good"]
WANTED = torch.tensor([-1.0, 1, 1, -1])


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def titles(drawing):
    return [panel.get_title(loc="left") for panel in drawing.axes]


def labels(axes):
    return [text.get_text() for text in axes.texts]


def gelu(x):
    return F.gelu(x, approximate="tanh")


def by_product(x):
    """-(not * good), what is wanted, as the first of two numbers."""
    return torch.stack([-x[..., 0] * x[..., 1], x[..., 0]], dim=-1)


# Bends


def test_bends_tell_the_value_at_minus_1_and_the_largest_error():
    drawing = pictures.bends({"ReLU": F.relu, "GELU": gelu}, exact=F.gelu)
    assert drawing.get_label() == (
        "At -1: ReLU 0.000, GELU -0.159. Largest difference between GELU and exact: 4.7e-04."
    )
    assert titles(drawing) == ["At -1: ReLU 0.000, GELU -0.159", "GELU - exact: at most 4.7e-04"]
    left, right = drawing.axes
    curve = left.lines[-2]
    # From -4 to 4 in steps of 0.001: x = 1 is number 5000.
    assert curve.get_xdata()[5000] == pytest.approx(1)
    assert curve.get_ydata()[5000] == pytest.approx(0.841192, abs=1e-6)
    assert max(right.lines[0].get_ydata()) == pytest.approx(4.73, abs=0.01)
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("bend", "at", "error"),
    [
        # 1.702 x is the other approximation of the paper; the last has a digit of its constant wrong.
        (lambda x: x * torch.sigmoid(1.702 * x), "-0.154", "2.0e-02"),
        (lambda x: 0.5 * x * (1 + torch.tanh(0.797885 * (x + 0.44715 * x**3))), "-0.090", "9.3e-02"),
    ],
)
def test_a_mistyped_gelu_shows(bend, at, error):
    drawing = pictures.bends({"GELU": bend}, exact=F.gelu)
    assert drawing.get_label() == f"At -1: GELU {at}. Largest difference between GELU and exact: {error}."


# Verdicts


def test_verdicts_tell_every_answer_and_how_many_are_right():
    models = {"flat": torch.zeros_like, "bent": by_product, "half": lambda x: 0.45 * by_product(x)}
    drawing = pictures.verdicts(models, FACTS, PHRASES, WANTED)
    assert drawing.get_label() == (
        "flat: bad 0.00, good 0.00, not bad 0.00, not good 0.00; 0 of 4 right. "
        "bent: bad -1.00, good 1.00, not bad 1.00, not good -1.00; 4 of 4 right. "
        "half: bad -0.45, good 0.45, not bad 0.45, not good -0.45; 0 of 4 right."
    )
    assert titles(drawing)[:3] == ["flat: 0 of 4 right", "bent: 4 of 4 right", "half: 0 of 4 right"]
    assert_draws(drawing)


def test_verdicts_draw_the_answer_where_its_facts_stand():
    drawing = pictures.verdicts({"not": lambda x: x}, FACTS, PHRASES, WANTED)
    axes = drawing.axes[0]
    plane = axes.collections[0].get_array().filled().reshape(65, 65)
    # Columns are the first fact, which this model returns.
    assert plane[:, 0].tolist() == pytest.approx([-1.6] * 65)
    assert plane[:, -1].tolist() == pytest.approx([1.6] * 65)
    assert labels(axes) == ["bad\n-1.00", "good\n-1.00", "not bad\n1.00", "not good\n1.00"]
    assert [text.get_color() for text in axes.texts] == [
        pictures.INK,
        pictures.RED,
        pictures.INK,
        pictures.RED,
    ]


def test_verdicts_leave_the_facts_alone_and_refuse_what_does_not_fit():
    facts = FACTS.clone()
    pictures.verdicts({"in place": lambda x: x.mul_(2)}, facts, PHRASES, WANTED)
    assert torch.equal(facts, FACTS)
    with pytest.raises(TypeError, match="none returned NoneType; it must return a tensor"):
        pictures.verdicts({"none": lambda x: None}, FACTS, PHRASES, WANTED)
    with pytest.raises(ValueError, match=r"one returned shape \(4225, 1, 1\); it must be \(4225, 1, 2\)"):
        pictures.verdicts({"one": lambda x: x[..., :1]}, FACTS, PHRASES, WANTED)
    with pytest.raises(ValueError, match=r"cases has shape \(4, 2\) and wanted \(4,\); with 3 words"):
        pictures.verdicts({"flat": torch.zeros_like}, FACTS, PHRASES[:3], WANTED)


# Lines over layers, blocks and steps


def test_alike_tells_both_ends_of_every_line():
    drawing = pictures.alike_by_layer({"replaced": [-0.001, 0.9, 0.999], "added": [0.0, 0.02, 0.1]})
    assert drawing.get_label() == (
        "How alike the tokens are, 1 for all the same, after 2 layers: replaced 0.00 to 1.00, added 0.00 to 0.10."
    )
    assert titles(drawing) == ["How alike the tokens are after 2 layers: replaced 1.00, added 0.10"]
    assert list(drawing.axes[0].lines[0].get_ydata()) == [-0.001, 0.9, 0.999]
    assert list(drawing.axes[0].lines[0].get_xdata()) == [0, 1, 2]
    assert_draws(drawing)


def test_stream_tells_spread_and_likeness_after_the_last_block():
    spreads = {"yours": [1.0, 2.0, 3.0], "none": [1.0, 1e5, 2.5e9]}
    alike = {"yours": [0.0, 0.2, 0.5], "none": [0.0, 0.9, 0.9999]}
    drawing = pictures.stream(spreads, alike)
    assert drawing.get_label() == ("After 2 blocks: yours: spread 3.00, alike 0.50; none: spread 2.50e+09, alike 1.00.")
    left, right = drawing.axes
    assert labels(left) == ["yours\n3.00", "none\n2.50e+09"]
    assert labels(right) == ["yours\n0.50", "none\n1.00"]
    assert list(left.lines[1].get_ydata()) == [1.0, 1e5, 2.5e9]
    assert list(right.lines[0].get_ydata()) == [0.0, 0.2, 0.5]
    assert_draws(drawing)


def test_stream_refuses_panels_that_do_not_match():
    with pytest.raises(ValueError, match="they must match"):
        pictures.stream({"a": [1.0, 1.0]}, {"b": [0.0, 0.0]})
    with pytest.raises(ValueError, match="they must match"):
        pictures.stream({"a": [1.0, 1.0]}, {"a": [0.0, 0.0, 0.0]})


def test_gradients_compare_the_first_block_with_the_last():
    drawing = pictures.gradients({"even": [2.0, 1.0, 0.5], "lost": [1e-9, 1e-4, 10.0], "dead": [1.0, 1.0, 0.0]})
    assert drawing.get_label() == (
        "Gradient of the first and the last block: even: 2.00 and 0.500; lost: 1.00e-09 and 10.0; dead: 1.00 and 0.00. "
        "The first in units of the last: even 4.00, lost 1.00e-10, dead nothing arrives at the last."
    )
    assert titles(drawing)[0].endswith("even 4.00, lost 1.00e-10, dead nothing arrives at the last")
    assert list(drawing.axes[0].lines[1].get_xdata()) == [1, 2, 3]
    assert list(drawing.axes[0].lines[1].get_ydata()) == [1e-9, 1e-4, 10.0]
    assert_draws(drawing)


def test_losses_tell_the_last_loss_and_the_floor():
    drawing = pictures.losses({"learns": [3.0, 0.5, 0.02], "stuck": [3.0, 2.8, 2.77]}, 2.7726, "all alike")
    assert drawing.get_label() == "Loss after 2 steps: learns 0.02, stuck 2.77. all alike: 2.77."
    assert titles(drawing) == ["Loss after 2 steps: learns 0.02, stuck 2.77"]
    assert list(drawing.axes[0].lines[0].get_ydata()) == [3.0, 0.5, 0.02]
    assert_draws(drawing)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_numbers_that_an_axis_has_no_place_for_are_told(value):
    stacks = {"broken": [1.0, value], "fine": [1.0, 1.0]}
    told = pictures.number(value)
    for drawing in (pictures.gradients(stacks), pictures.stream(stacks, stacks)):
        assert f"broken\n{told}" in labels(drawing.axes[0])
        assert_draws(drawing)
    assert_draws(pictures.losses(stacks, 1.0, "floor"))
    assert_draws(pictures.alike_by_layer(stacks))


@pytest.mark.parametrize("lines", [{}, {"a": []}, {"a": [1.0]}, {name: [1.0, 2.0] for name in "abcde"}])
def test_lines_that_cannot_be_drawn_are_refused(lines):
    for draw in (
        pictures.alike_by_layer,
        pictures.gradients,
        lambda lines: pictures.stream(lines, lines),
        lambda lines: pictures.losses(lines, 1.0, "floor"),
    ):
        with pytest.raises(ValueError, match="give 1 to 4 lines, each with at least 2 numbers"):
            draw(lines)


@pytest.mark.parametrize("heights", [[0.5, 0.5, 0.5], [1.0, 1.0], [0.0, 0.01, 0.02, 0.9], [1.0, 0.0], [0.3]])
def test_labels_stand_apart_in_the_order_of_their_lines(heights):
    placed = pictures.spaced(heights)
    ordered = [height for _, height in sorted(zip(heights, placed, strict=True))]
    assert ordered == sorted(placed)
    assert all(above - below > 0.17 for below, above in pairwise(ordered))
    assert all(0 <= height <= 1 for height in placed)


def test_labels_with_room_stay_where_they_are():
    assert pictures.spaced([0.9, 0.1, 0.5]) == [0.9, 0.1, 0.5]


# Numbers in words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "1.00"),
        (0.4437, "0.444"),
        (7.711, "7.71"),
        (226.4, "226"),
        (1290.1, "1,290"),
        (289_700, "290,000"),
        (1.69e9, "1.69e+09"),
        (2.5e-5, "2.50e-05"),
        (0.0, "0.00"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_three_significant_digits(value, words):
    assert pictures.number(value) == words


def test_decimals_have_no_negative_zero():
    assert pictures.decimal(-1e-9) == "0.00"
    assert pictures.decimal(-0.15881, 3) == "-0.159"
