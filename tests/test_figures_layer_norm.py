"""The pictures of lesson 01 describe themselves with the true numbers, for right layers and wrong ones."""

import io

import pytest
import torch
from torch import nn

from gpt2_ref.figures import layer_norm as pictures
from gpt2_ref.model import GPT2LayerNorm

# Means 4 and -4; variances 5 and 45.
TOKENS = torch.tensor([[1.0, 3.0, 5.0, 7.0], [-13.0, -7.0, -1.0, 5.0]])
WORDS = ["one", "two"]


class OtherNames(nn.Module):
    """A right layer whose parameters stand in the other order and are called otherwise."""

    def __init__(self, embed_size):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(embed_size))
        self.gain = nn.Parameter(torch.ones(embed_size))

    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:], self.gain, self.bias)


class OneParameter(nn.Module):
    """Scale and shift as the rows, or the two halves, of one parameter."""

    def __init__(self, embed_size, shape=(2, -1)):
        super().__init__()
        self.both = nn.Parameter(torch.cat([torch.ones(embed_size), torch.zeros(embed_size)]).view(shape))

    def forward(self, x):
        scale, shift = self.both.view(2, -1)
        return nn.functional.layer_norm(x, x.shape[-1:], scale, shift)


class Flat(OneParameter):
    def __init__(self, embed_size):
        super().__init__(embed_size, (-1,))


class ThreeAxes(nn.Module):
    """Gives every token the axes of a text and of a batch."""

    def __init__(self, embed_size):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, 1, embed_size))
        self.shift = nn.Parameter(torch.zeros(1, 1, embed_size))

    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:]) * self.scale + self.shift


class OnePlusDelta(nn.Module):
    """Keeps scale - 1, so that all parameters start as zeros; a frozen one is none of them."""

    def __init__(self, embed_size):
        super().__init__()
        self.eps = nn.Parameter(torch.tensor(1e-5), requires_grad=False)
        self.delta = nn.Parameter(torch.zeros(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:], 1 + self.delta, self.shift, self.eps.item())


RIGHT = [GPT2LayerNorm, OtherNames, nn.LayerNorm, OneParameter, Flat, ThreeAxes, OnePlusDelta]


class Unbiased(GPT2LayerNorm):
    def forward(self, x):
        return (x - x.mean(dim=-1, keepdim=True)) / x.std(dim=-1, keepdim=True) * self.scale + self.shift


class ScaleUnused(GPT2LayerNorm):
    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:]) + self.shift


class OneScale(nn.Module):
    def __init__(self, embed_size):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:]) * self.scale + self.shift


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def titles(drawing):
    return [panel.get_title(loc="left") for panel in drawing.axes]


# Spreads over depth


def test_depth_tells_the_first_and_the_last_spread_of_each_stack():
    drawing = pictures.over_depth({"small": [1.0, 0.5, 2.5e-5], "large": [1.0, 2.0, 123456.0]})

    assert drawing.get_label() == (
        "Without layer norm: small goes from 1.00 to 2.50e-05 in 2 layers, large goes from 1.00 to 123,000 in 2 layers."
    )
    assert titles(drawing) == ["Without layer norm, after 2 layers: 2.50e-05 to 123,000"]
    assert_draws(drawing)


def test_depth_with_layer_norm_has_a_second_panel_of_the_same_height():
    without = {"small": [1.0, 0.01], "large": [1.0, 100.0]}
    drawing = pictures.over_depth(without, {"small": [1.0, 1.0], "large": [1.0, 1.0001]})

    assert "With layer norm: small goes from 1.00 to 1.00 in 1 layers" in drawing.get_label()
    assert titles(drawing)[1].endswith("all 1.00")
    assert drawing.axes[0].get_ylim() == drawing.axes[1].get_ylim()
    assert_draws(drawing)


def test_a_layer_norm_that_does_not_hold_the_spread_shows_in_the_title():
    drawing = pictures.over_depth({"a": [1.0, 2.0]}, {"a": [1.0, 0.7], "b": [1.0, 3.0]})

    assert titles(drawing)[1].endswith("0.700 to 3.00")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_depth_draws_spreads_that_a_log_axis_has_no_place_for(value):
    drawing = pictures.over_depth({"broken": [1.0, value], "fine": [1.0, 1.0]})

    assert f"broken goes from 1.00 to {pictures.number(value)}" in drawing.get_label()
    assert_draws(drawing)


@pytest.mark.parametrize("stacks", [{}, {"a": []}, {"a": [1.0]}, {name: [1.0, 2.0] for name in "abcde"}])
def test_depth_refuses_stacks_it_cannot_draw(stacks):
    with pytest.raises(ValueError, match="1 to 4 stacks, each with at least 2 spreads"):
        pictures.over_depth(stacks)


# Tokens before and after


def test_before_after_tells_mean_and_biased_spread_of_each_token():
    drawing = pictures.before_after(GPT2LayerNorm(4), TOKENS, WORDS)

    assert drawing.get_label() == (
        "Before layer norm, mean and spread: one 4.00 and 2.24, two -4.00 and 6.71. "
        "After layer norm, mean and spread: one 0.00 and 1.00, two 0.00 and 1.00."
    )
    assert titles(drawing) == [
        "Before: means -4.00 to 4.00\nspreads 2.24 to 6.71",
        "After: means all 0.00\nspreads all 1.00",
    ]
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("norm", "seen"),
    [
        (Unbiased(4), "After: means all 0.00\nspreads all 0.87"),
        (lambda x: (x - x.mean()) / x.std(correction=0), "After: means -0.62 to 0.62\nspreads 0.35 to 1.05"),
        (lambda x: x / x.std(dim=-1, keepdim=True, correction=0), "After: means -0.60 to 1.79\nspreads all 1.00"),
        (lambda x: x * torch.nan, "After: means all nan\nspreads all nan"),
    ],
)
def test_before_after_shows_what_a_wrong_layer_does(norm, seen):
    drawing = pictures.before_after(norm, TOKENS, WORDS)

    assert titles(drawing)[1] == seen
    assert_draws(drawing)


def test_results_with_more_axes_in_front_are_drawn_like_any_other():
    drawings = [
        [pictures.before_after(norm(4), TOKENS, WORDS), pictures.small_inputs({"yours": norm(4)}, TOKENS[0])]
        for norm in (GPT2LayerNorm, ThreeAxes)
    ]

    assert [drawing.get_label() for drawing in drawings[1]] == [drawing.get_label() for drawing in drawings[0]]


def test_before_after_leaves_the_tokens_alone():
    tokens = TOKENS.clone()

    pictures.before_after(lambda x: x.mul_(0), tokens, WORDS)

    assert torch.equal(tokens, TOKENS)


def test_before_after_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"tokens has shape \(2, 4\); with 1 words: \(1, embed\)"):
        pictures.before_after(GPT2LayerNorm(4), TOKENS, ["one"])
    with pytest.raises(ValueError, match=r"returned shape \(2,\) for an input of shape \(2, 4\)"):
        pictures.before_after(lambda x: x.mean(dim=-1), TOKENS, WORDS)
    with pytest.raises(TypeError, match="returned NoneType; it must return a tensor"):
        pictures.before_after(lambda x: None, TOKENS, WORDS)


# Scale and shift


@pytest.mark.parametrize("norm_class", RIGHT)
def test_dials_turn_scale_and_shift_whatever_they_are_called(norm_class):
    drawing = pictures.dials(norm_class, TOKENS[0], spread_in=5**0.5, scale=2, shift=1)

    assert drawing.get_label() == (
        "In: 1.00, 3.00, 5.00, 7.00; mean 4.00, spread 2.24. Scale 2 and shift 1 at every place. "
        "Out: -1.68, 0.11, 1.89, 3.68; mean 1.00, spread 2.00."
    )
    assert_draws(drawing)


@pytest.mark.parametrize("norm_class", RIGHT)
def test_dials_turn_one_place_alone(norm_class):
    drawing = pictures.dials(norm_class, TOKENS[0], scale=0, shift=5, place=3)

    assert "Scale 0 and shift 5 at place 3. Out: -1.34, -0.45, 0.45, 5.00;" in drawing.get_label()
    assert_draws(drawing)


def test_dials_set_the_spread_of_the_input_and_the_output_keeps_its_own():
    small, large = (pictures.dials(GPT2LayerNorm, TOKENS[0], spread_in=size).get_label() for size in (0.5, 4))

    assert "mean 4.00, spread 0.50." in small
    assert "mean 4.00, spread 4.00." in large
    assert small[small.index("Out") :] == large[large.index("Out") :]


def test_dials_show_a_scale_that_is_not_used():
    drawing = pictures.dials(ScaleUnused, TOKENS[0], scale=3, shift=1)

    assert titles(drawing)[1] == "Out: mean 1.00, spread 1.00"


def test_dials_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match=r"each of the 4 places; its parameters: scale \(1,\), shift \(1,\)"):
        pictures.dials(OneScale, TOKENS[0])
    with pytest.raises(ValueError, match="its parameters: none"):
        pictures.dials(lambda size: nn.Identity(), TOKENS[0])
    with pytest.raises(ValueError, match="not all equal"):
        pictures.dials(GPT2LayerNorm, torch.ones(4))
    with pytest.raises(ValueError, match="one row of numbers"):
        pictures.dials(GPT2LayerNorm, TOKENS)
    with pytest.raises(ValueError, match="place is 4; it must be 0 to 3"):
        pictures.dials(GPT2LayerNorm, TOKENS[0], place=4)


# Where eps stands


def ways():
    def centre(x):
        return x - x.mean(dim=-1, keepdim=True)

    return {
        "inside": GPT2LayerNorm(4),
        "outside": lambda x: centre(x) / (x.std(dim=-1, keepdim=True, correction=0) + 1e-5),
        "none": lambda x: centre(x) / x.std(dim=-1, keepdim=True, correction=0),
    }


def test_small_inputs_tell_what_each_place_of_eps_leaves():
    drawing = pictures.small_inputs(ways(), TOKENS[0])

    # 0.001 / sqrt(0.000011), 0.001 / 0.00101 and 0.001 / 0.001.
    assert drawing.get_label() == (
        "A token with spread 0.001 comes out with spread: inside 0.302, outside 0.990, none 1.00."
    )
    assert_draws(drawing)


def test_small_inputs_draw_from_the_smallest_spread_to_10():
    drawing = pictures.small_inputs({"inside": GPT2LayerNorm(4)}, TOKENS[0], marked=0.1, smallest=0.01)

    line = drawing.axes[0].lines[0]
    assert [line.get_xdata()[0], line.get_xdata()[-1]] == pytest.approx([0.01, 10])
    assert [line.get_ydata()[0], line.get_ydata()[-1]] == pytest.approx([0.01 / (1e-4 + 1e-5) ** 0.5, 1], abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({}, TOKENS[0]), "there are 0 ways; give 1 to 4"),
        (({"inside": GPT2LayerNorm(4)}, torch.ones(4)), "not all equal"),
        (({"inside": GPT2LayerNorm(4)}, TOKENS), "one row of numbers"),
        (({"inside": GPT2LayerNorm(4)}, TOKENS[0], 0.0), "0 < smallest <= marked < 10"),
        (({"inside": GPT2LayerNorm(4)}, TOKENS[0], 20.0), "0 < smallest <= marked < 10"),
    ],
)
def test_small_inputs_refuse_what_they_cannot_draw(arguments, message):
    with pytest.raises(ValueError, match=message):
        pictures.small_inputs(*arguments)


# Numbers in words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "1.00"),
        (0.30151, "0.302"),
        (123.4, "123"),
        (1234.0, "1,230"),
        (15_249_000, "15,200,000"),
        (5.4176e-8, "5.42e-08"),
        (0.0, "0.00"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_three_significant_digits(value, words):
    assert pictures.number(value) == words


def test_decimals_have_no_negative_zero():
    assert pictures.decimal(-1e-9) == "0.00"
