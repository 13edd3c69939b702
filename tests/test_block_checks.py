"""What the catalogue of answers cannot show of lesson 03's checks: remarks, texts, parts that are wrong, single blocks."""

import pytest
import torch
from torch import nn

from gpt2_ref import GPT2Block, GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward
from gpt2_ref.checks import Passed, WrongAnswer, examine
from gpt2_ref.checks.block import judge_block
from gpt2_ref.checks.block_oracle import block, feed_forward
from gpt2_ref.checks.block_roles import find_block_roles, find_feed_forward_roles
from gpt2_ref.checks.learner import Trial, Wrong, no_trace
from gpt2_ref.checks.roles import flat


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def layer_with(bend, bias: bool = True):
    """A feed-forward layer with another bend."""

    class Layer(nn.Module):
        def __init__(self, embed_size, hidden_size):
            super().__init__()
            self.up = nn.Linear(embed_size, hidden_size, bias=bias)
            self.down = nn.Linear(hidden_size, embed_size, bias=bias)

        def forward(self, x):
            return self.down(bend(self.up(x)))

    return Layer


def block_with(feed=PositionWiseFeedForward, forward=None):
    """A right block but for its feed-forward layer, or its forward."""

    class Block(nn.Module):
        def __init__(self, embed_size, num_heads, hidden_size):
            super().__init__()
            self.first, self.second = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
            self.attend = MultiHeadSelfAttention(embed_size, num_heads)
            self.feed = feed(embed_size, hidden_size)

        def forward(self, x):
            x = x + self.attend(self.first(x))
            return x + self.feed(self.second(x))

    if forward is not None:
        Block.forward = forward
    return Block


# Remarks


def test_the_course_s_own_parts_are_right_without_a_remark():
    assert examine(PositionWiseFeedForward) == Passed("PositionWiseFeedForward")
    assert examine(GPT2Block) == Passed("GPT2Block")


def test_the_exact_gelu_is_right_with_a_remark():
    exact = layer_with(nn.functional.gelu)
    (remark,) = examine(exact, "PositionWiseFeedForward").remarks
    assert "the exact form of GELU" in remark
    assert examine(block_with(exact), "GPT2Block").remarks == (remark,)


def test_missing_biases_are_right_with_a_remark():
    bare = layer_with(nn.GELU("tanh"), bias=False)
    for answer, exercise in ((bare, "PositionWiseFeedForward"), (block_with(bare), "GPT2Block")):
        (remark,) = examine(answer, exercise).remarks
        assert "first and second linear layer" in remark


# What is told


def test_a_mistyped_digit_is_shown_at_one_number():
    def bend(x):
        return 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.04475 * x**3)))

    for answer, exercise in (
        (layer_with(bend), "PositionWiseFeedForward"),
        (block_with(layer_with(bend)), "GPT2Block"),
    ):
        wrong = told(answer, exercise)
        assert wrong.mistake == "gelu-constant"
        assert "before the bend" in str(wrong) and "after it" in str(wrong)


def test_two_mistakes_in_one_layer_are_both_named():
    layer = layer_with(torch.relu)
    right = layer.forward
    layer.forward = lambda self, x: x + right(self, x)
    wrong = told(layer, "PositionWiseFeedForward")
    assert wrong.mistake in ("input-added", "relu")


def test_the_reach_of_a_block_that_sees_the_future_is_drawn():
    class Ahead(MultiHeadSelfAttention):
        def __init__(self, embed_size, num_heads):
            super().__init__(embed_size, num_heads, rule=lambda distance: distance >= -1)

    class Block(block_with()):
        def __init__(self, *sizes):
            super().__init__(*sizes)
            self.attend = Ahead(*sizes[:2])

    wrong = told(Block, "GPT2Block")
    assert wrong.mistake == "sees-the-future"
    assert "■ ■ · · ·    ■ · · · ·" in str(wrong)


def test_a_wrong_part_is_told_as_the_part_s_own_fault():
    notebook = {"__name__": "__main__"}
    exec(NOTEBOOK, notebook)
    wrong = told(notebook["GPT2Block"], "GPT2Block")
    assert wrong.mistake == "relu"
    assert wrong.title.startswith("the PositionWiseFeedForward that it uses is not right:")


NOTEBOOK = """
from torch import nn
from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention

class PositionWiseFeedForward(nn.Sequential):
    def __init__(self, embed_size, hidden_size):
        super().__init__(nn.Linear(embed_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, embed_size))

class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norms = nn.ModuleList(GPT2LayerNorm(embed_size) for _ in range(2))
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.norms[0](x))
        return x + self.feed_forward(self.norms[1](x))
"""


# Reading weights

SIZES = [(24, 6, 40), (12, 2, 5), (8, 1, 32), (12, 3, 12), (16, 4, 64), (20, 4, 11)]


@pytest.mark.parametrize(("embed_size", "num_heads", "hidden_size"), SIZES)
def test_the_weights_of_a_block_are_read(embed_size, num_heads, hidden_size):
    with no_trace():
        module = GPT2Block(embed_size, num_heads, hidden_size)
        roles = find_block_roles(module, module, embed_size, hidden_size)
        assert len(roles.attention.query) == num_heads
        assert len(roles.rest) == embed_size, "the biases of keys"
        roles.randomise(module, torch.Generator().manual_seed(1))
        x = torch.randn(2, 5, embed_size)
        torch.testing.assert_close(block(x, roles.read(module)), module(x), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("embed_size", "num_heads", "hidden_size"), SIZES)
def test_the_weights_of_a_feed_forward_layer_are_read(embed_size, num_heads, hidden_size):
    with no_trace():
        module = PositionWiseFeedForward(embed_size, hidden_size)
        roles = find_feed_forward_roles(module, module, embed_size, hidden_size)
        x = torch.randn(3, embed_size)
        torch.testing.assert_close(feed_forward(x, roles.read(flat(module))), module(x), rtol=0, atol=1e-12)


# One block of a model


def judge_one(answer, call=None) -> None:
    with no_trace():
        module = answer(24, 6, 40).eval()
        trial = Trial(answer, "GPT2")
        judge_block(trial, nn.ParameterList(module.parameters()), call or (lambda x: module(x)), 24, 6, 40)


def test_one_block_is_judged_by_its_parameters_and_a_call():
    judge_one(GPT2Block)


@pytest.mark.parametrize(
    ("forward", "slug"),
    [
        (lambda self, x: self.second(x + self.feed(self.first(x + self.attend(x)))), "post-norm"),
        (lambda self, x: x + self.attend(self.first(x)) + self.feed(self.second(x)), "parallel-halves"),
        (lambda self, x: x + self.feed(self.first(x + self.attend(self.first(x)))), "attention-lost"),
    ],
)
def test_one_wrong_block_is_named(forward, slug):
    with pytest.raises(Wrong) as caught:
        judge_one(block_with(forward=forward))
    assert caught.value.slug == slug


def test_a_frozen_block_without_parameters_is_told():
    with no_trace(), pytest.raises(Wrong) as caught:
        judge_block(Trial(GPT2Block, "GPT2"), nn.ParameterList(), lambda x: x, 24, 6, 40)
    assert caught.value.slug == "wrong-parameter-count"
