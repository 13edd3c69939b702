"""The pictures of lesson 07 describe themselves with the true numbers, for right answers and wrong ones."""

import io

import pytest
import torch
from torch import nn

from gpt2_ref.figures import sliding_window as pictures
from gpt2_ref.figures.canvas import INK, RED
from gpt2_ref.model import SlidingWindowAttention

WORDS = ["tom", "has", "a", "red", "kite", "and", "it", "is"]


class Average(nn.Module):
    """The plain average of the tokens that are seen: the rule says which, from the distance."""

    def __init__(self, rule):
        super().__init__()
        self.rule = rule

    def forward(self, x):
        places = torch.arange(x.shape[1])
        seen = self.rule(places[:, None] - places).to(x.dtype)
        return seen / seen.sum(dim=-1, keepdim=True) @ x


def window(size):
    return lambda distance: (distance >= 0) & (distance < size)


def one_too_many(size):
    return window(size + 1)


def both_sides(size):
    return lambda distance: distance.abs() < size


def no_window(size):
    return lambda distance: distance >= 0


def without_itself(size):
    return lambda distance: (distance > 0) & (distance <= size)


def mask_of(rule, length=8):
    places = torch.arange(length)
    return rule(places[:, None] - places)


def averages(depth, rule):
    return [Average(rule) for _ in range(depth)]


def attentions(depth, size):
    torch.manual_seed(0)
    layers = [SlidingWindowAttention(16, 4, size) for _ in range(depth)]
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.normal_(parameter, std=0.25)
    return layers


@pytest.fixture
def x():
    return torch.randn(1, 8, 16, generator=torch.Generator().manual_seed(1))


def title(drawing, panel=0):
    return drawing.axes[panel].get_title(loc="left")


def title_color(drawing, panel=0):
    return drawing.axes[panel]._left_title.get_color()


def cells(axes, palest=pictures.PALE):
    """How many cells are filled in some other colour than the palest."""
    from matplotlib.colors import to_rgba

    return sum(patch.get_fill() and patch.get_facecolor() != to_rgba(palest) for patch in axes.patches)


def frames(axes):
    return sum(not patch.get_fill() for patch in axes.patches)


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


@pytest.mark.parametrize(("size", "pairs"), [(1, 8), (2, 15), (3, 21), (7, 35), (8, 36), (100, 36)])
def test_a_right_mask_is_drawn_cell_by_cell(size, pairs):
    drawing = pictures.mask(mask_of(window(size)), WORDS, size)
    assert drawing.get_label() == f"Window {size}: {pairs} of 36 pairs."
    assert title(drawing) == f"Window {size}: {pairs} of 36 pairs"
    assert title_color(drawing) == INK
    assert (cells(drawing.axes[0]), frames(drawing.axes[0])) == (pairs, 0)
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("rule", "facts", "filled", "framed"),
    [
        (one_too_many, "Window 3: 21 of 36 pairs, 5 outside the window", 26, 5),
        (both_sides, "Window 3: 21 of 36 pairs, 13 outside the window", 34, 13),
        (no_window, "Window 3: 21 of 36 pairs, 15 outside the window", 36, 15),
        (without_itself, "Window 3: 13 of 36 pairs, 5 outside the window, 8 missing", 18, 13),
    ],
)
def test_a_wrong_mask_says_what_is_wrong(rule, facts, filled, framed):
    drawing = pictures.mask(mask_of(rule(3)), WORDS, 3)
    assert drawing.get_label() == f"{facts}."
    assert title(drawing).replace(",\n", ", ") == facts
    assert title_color(drawing) == RED
    assert (cells(drawing.axes[0]), frames(drawing.axes[0])) == (filled, framed)
    assert_draws(drawing)


@pytest.mark.parametrize("make", [attentions, lambda depth, size: averages(depth, window(size))])
@pytest.mark.parametrize(
    ("depth", "size", "facts"),
    [
        (1, 3, "1 layer, window 3: 2 tokens back. Cells from which the last result is reached: text 3, layer 1 1."),
        (
            3,
            2,
            "3 layers, window 2: 3 tokens back. Cells from which the last result is reached: "
            "text 4, layer 1 3, layer 2 2, layer 3 1.",
        ),
        (
            2,
            1,
            "2 layers, window 1: 0 tokens back. Cells from which the last result is reached: "
            "text 1, layer 1 1, layer 2 1.",
        ),
        (
            2,
            8,
            "2 layers, window 8: 7 tokens back. Cells from which the last result is reached: "
            "text 8, layer 1 8, layer 2 1.",
        ),
    ],
)
def test_the_receptive_field_is_measured(make, depth, size, facts, x):
    drawing = pictures.receptive_field(make(depth, size), x, WORDS, size)
    assert drawing.get_label() == facts
    assert title(drawing) == facts.split(".")[0]
    assert title_color(drawing) == INK
    reached = [min(level * (size - 1), 7) + 1 for level in range(depth + 1)]
    assert cells(drawing.axes[0]) == sum(reached)
    assert_draws(drawing)


def test_lines_join_what_one_layer_carries(x):
    drawing = pictures.receptive_field(attentions(2, 3), x, WORDS, 3)
    ends = {(*line.get_xdata(), *line.get_ydata()) for line in drawing.axes[0].lines}
    assert ends == {
        *((lower, 7, 1, 2) for lower in (5, 6, 7)),
        *((lower, upper, 0, 1) for upper in (5, 6, 7) for lower in range(upper - 2, upper + 1)),
    }


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (one_too_many(2), "2 layers, window 2: 4 tokens back, 2 expected"),
        (no_window(2), "2 layers, window 2: 7 tokens back, 2 expected"),
        (window(1), "2 layers, window 2: 0 tokens back, 2 expected"),
    ],
)
def test_a_wrong_reach_is_told(rule, expected, x):
    drawing = pictures.receptive_field(averages(2, rule), x, WORDS, 2)
    assert drawing.get_label().startswith(f"{expected}. ")
    assert title(drawing).replace(",\n", ", ") == expected
    assert title_color(drawing) == RED
    assert_draws(drawing)


def test_results_that_are_not_a_number_are_red_and_counted(x):
    from matplotlib.colors import to_rgba

    class NotANumber(nn.Module):
        def forward(self, x):
            return x * float("nan")

    drawing = pictures.receptive_field([NotANumber()], x, WORDS, 3)
    assert drawing.get_label().startswith("1 layer, window 3: 7 tokens back, 2 expected. ")
    assert any(patch.get_facecolor() == to_rgba(RED) for patch in drawing.axes[0].patches)
    assert_draws(drawing)


def test_what_is_further_is_paler():
    row = torch.tensor([0.0, 1e-3, 1e-1, 10.0, 1e9])
    _, axes = pictures.figure()
    pictures.draw_level(axes, 0, row)
    brightness = [sum(patch.get_facecolor()[:3]) for patch in axes.patches]
    assert brightness[0] > brightness[1] > brightness[2] > brightness[3] == brightness[4]


@pytest.mark.parametrize("depth", [1, 4])
@pytest.mark.parametrize("size", [1, 3, 8])
def test_both_panels_say_the_same_as_alone(depth, size, x):
    layers, seen = attentions(depth, size), mask_of(window(size))
    both = pictures.window_and_layers(seen, layers, x, WORDS, size).get_label()
    alone = pictures.mask(seen, WORDS, size), pictures.receptive_field(layers, x, WORDS, size)
    assert both == " ".join(drawing.get_label() for drawing in alone)


def test_both_panels_draw_and_tell_a_wrong_answer(x):
    drawing = pictures.window_and_layers(mask_of(one_too_many(3)), averages(2, one_too_many(3)), x, WORDS, 3)
    assert title(drawing, 0) == "Window 3: 21 of 36 pairs,\n5 outside the window"
    assert title(drawing, 1) == "2 layers, window 3: 6 tokens back,\n4 expected"
    assert title_color(drawing, 0) == title_color(drawing, 1) == RED
    assert_draws(drawing)


def test_pairs_tell_every_length_and_the_growth():
    drawing = pictures.pairs([256, 1024], {"all earlier": [32_896, 524_800], "window 256": [32_896, 229_504]})
    assert drawing.get_label() == (
        "Pairs of query and key. 256 tokens: all earlier 32,896, window 256 32,896; "
        "1,024 tokens: all earlier 524,800, window 256 229,504."
    )
    assert title(drawing) == "4 times the tokens, pairs: all earlier x 16.0, window 256 x 7.0"
    assert [list(line.get_ydata()) for line in drawing.axes[0].lines] == [[32_896, 524_800], [32_896, 229_504]]
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("sizes", "made", "used"),
    [
        ((24, 4, 4), 156, 90),
        ((10, 3, 4), 4 * 4 + 4 * 6 + 2 * 4, 27),
        ((5, 9, 2), 2 * 2 + 2 * 4 + 5, 15),
        ((1, 1, 1), 1, 1),
    ],
)
def test_computed_counts_what_chunks_make(sizes, made, used):
    length, size, chunk = sizes
    drawing = pictures.computed(*sizes)
    assert drawing.get_label() == (
        f"{length} tokens, window {size}. all, then the mask: {length**2} scores, {used} of them used; "
        f"chunks of {chunk} queries: {made} scores, {used} of them used."
    )
    dense, cut = (axes.images[0].get_array() for axes in drawing.axes)
    assert ((dense > 0).sum(), (dense == 2).sum()) == (length**2, used)
    assert ((cut > 0).sum(), (cut == 2).sum()) == (made, used)
    assert_draws(drawing)


def test_milliseconds_tell_what_was_measured():
    times = {"full + mask": [1.0, 2.5, 11.0], "full": [1.0, 2.0, 8.0], "chunks": [1.0, 1.5, 3.0]}
    drawing = pictures.milliseconds([256, 512, 1024], times)
    assert drawing.get_label() == (
        "Milliseconds. 256 tokens: full + mask 1.00, full 1.00, chunks 1.00; "
        "512 tokens: full + mask 2.50, full 2.00, chunks 1.50; "
        "1,024 tokens: full + mask 11.00, full 8.00, chunks 3.00."
    )
    assert title(drawing) == "2 times the tokens, time: full + mask x 4.4, full x 4.0, chunks x 2.0"
    assert [list(line.get_ydata()) for line in drawing.axes[0].lines] == list(times.values())
    assert_draws(drawing)


def test_inputs_that_cannot_be_drawn_are_named(x):
    seen = mask_of(window(3))
    with pytest.raises(TypeError, match="the mask is NoneType; it must be a tensor"):
        pictures.mask(None, WORDS, 3)
    with pytest.raises(ValueError, match=r"shape \(7, 7\) and dtype torch.bool; it must be \(8, 8\) and torch.bool"):
        pictures.mask(seen[1:, 1:], WORDS, 3)
    with pytest.raises(ValueError, match=r"dtype torch.float32; it must be \(8, 8\) and torch.bool"):
        pictures.window_and_layers(seen.float(), [], x, WORDS, 3)
    with pytest.raises(ValueError, match=r"x has shape \(8, 16\); it must be \(1, sequence, embed\)"):
        pictures.receptive_field([], x[0], WORDS, 3)
    with pytest.raises(ValueError, match="there are 7 words for 8 numbers"):
        pictures.receptive_field([], x, WORDS[1:], 3)
    with pytest.raises(TypeError, match="the attention returned NoneType; it must return a tensor"):
        pictures.receptive_field([lambda x: None], x, WORDS, 3)
    with pytest.raises(ValueError, match=r"the attention returned shape \(1, 8\); it must be \(1, 8, 16\)"):
        pictures.receptive_field([lambda x: x[..., 0]], x, WORDS, 3)
    with pytest.raises(ValueError, match="length is 8, window_size 0, chunk 4; each must be 1 or more"):
        pictures.computed(8, 0, 4)
    with pytest.raises(ValueError, match="full: 1 numbers for 2 lengths"):
        pictures.milliseconds([1, 2], {"full": [1.0]})
