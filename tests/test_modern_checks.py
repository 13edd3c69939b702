"""The checks of lesson 10: what the catalogue of answers cannot show."""

import inspect
from functools import partial

import pytest
import torch
from torch import nn

from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.given_attention import GivenAttention, Maker, is_registered, joined, other_givens
from gpt2_ref.checks.gpt2_anatomy import tables
from gpt2_ref.checks.modern_block import scaled_and_shifted
from gpt2_ref.checks.modern_whole import KINDS, SIZES, Made, in_order, silent_block
from gpt2_ref.course import stand_ins
from gpt2_ref.model import GPT2, MultiHeadSelfAttention, TransformerBlock


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def facts(answer, exercise: str) -> dict[str, str]:
    return dict(told(answer, exercise).facts)


# What the course itself has


@pytest.mark.parametrize(
    ("answer", "exercise"),
    [
        (TransformerBlock, "TransformerBlock"),
        (stand_ins.TransformerBlock, "TransformerBlock"),
        (GPT2, "ConfigurableGPT2"),
        (stand_ins.ConfigurableGPT2, "ConfigurableGPT2"),
    ],
)
def test_the_courses_own_pieces_pass(answer, exercise):
    assert examine(answer, exercise) == Passed(exercise, ())


# Attention made by the check


def test_given_attention_keeps_what_it_is_given():
    given = GivenAttention(MultiHeadSelfAttention(8, 2))
    x = torch.randn(2, 3, 8)
    torch.testing.assert_close(given(x), given.inner(x))
    assert given.given[0].equal(x)
    given.act = lambda x: 2 * x
    assert given(x=x).equal(2 * x)
    assert len(given.given) == len(given.returned) == 2
    with pytest.raises(TypeError, match="it was called as attention\\(tensor \\(2, 3, 8\\), mask=None\\)"):
        given(x, mask=None)


def test_given_attention_knows_its_copies():
    given = GivenAttention(MultiHeadSelfAttention(8, 2))
    assert other_givens(nn.ModuleList([given]), [given]) == []
    copy = GivenAttention(given.inner)
    assert other_givens(nn.ModuleList([given, copy]), [given]) == [copy]
    assert is_registered(nn.ModuleList([given]), given)
    assert not is_registered(nn.ModuleList(), given)


def test_what_makes_attention_is_what_partial_makes():
    maker = Maker((24, 6), *KINDS)
    assert isinstance(maker.attention, partial)
    assert not hasattr(maker.attention, "__name__")
    kinds = [type(maker.attention(24, 6).inner).__name__ for _ in range(3)]
    assert kinds == ["SlidingWindowAttention", "GroupQueryAttention", "MultiHeadSelfAttention"]
    assert maker.misuse == ""


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((24,), {}, "attention(24)"),
        ((6, 24), {}, "attention(6, 24)"),
        ((24,), {"num_heads": 6}, "attention(24, num_heads=6)"),
        ((torch.zeros(2, 3),), {}, "attention(tensor (2, 3))"),
    ],
)
def test_what_makes_attention_remembers_its_misuse(arguments, options, words):
    maker = Maker((24, 6), *KINDS)
    with pytest.raises(TypeError):
        maker.attention(*arguments, **options)
    assert maker.misuse == words
    with pytest.raises(TypeError):
        maker.attention()
    assert maker.misuse == words


def test_parts_of_a_batch_are_joined():
    x = torch.randn(3, 4, 5)
    assert joined(list(x.split(1)), x.shape).equal(x)
    assert joined([x.transpose(0, 1)], x.shape) is None
    assert joined([], x.shape) is None


def test_scale_and_shift_are_recognised_whatever_they_are():
    normal = torch.randn(3, 4, 5, dtype=torch.float64)
    scale, shift = torch.randn(2, 5, dtype=torch.float64)
    assert scaled_and_shifted(normal, normal * scale + shift)
    assert not scaled_and_shifted(normal, normal.flip(-1))
    assert not scaled_and_shifted(normal, normal * scale + shift + 1e-3 * normal**2)


# The oracle agrees with the course's own model


def test_a_silent_block_is_the_courses_block_without_its_feed_forward_layer():
    block = TransformerBlock(24, 37, MultiHeadSelfAttention(24, 6))
    for parameter in block.feed_forward.parameters():
        parameter.data.zero_()
    x = torch.randn(2, 5, 24)
    torch.testing.assert_close(silent_block(block.attention, x), block(x))


def test_attentions_are_taken_in_the_order_of_their_calls():
    maker = Maker((24, 6), *KINDS)
    model = GPT2(*SIZES.arguments(), context_size=SIZES.context, attention=maker.attention)
    model.blocks = nn.ModuleList(reversed(model.blocks))

    class Trial:
        @staticmethod
        def call(function, ids):
            return function(ids)

    assert in_order(Made(Trial(), model, maker.made)) == maker.made[::-1]


# What is told


def test_a_fault_of_gpt2_is_told_of_this_class():
    class Untied(GPT2):
        def __init__(self, *sizes, **options):
            super().__init__(*sizes, **options)
            self.output.weight = nn.Parameter(self.output.weight.detach() + 1)

    wrong = told(Untied, "ConfigurableGPT2")
    assert wrong.mistake == "not-tied"
    assert dict(wrong.facts)["built"] == "ConfigurableGPT2(9, 24, 6, 37, 3, context_size=11)"


def test_the_call_of_attention_is_shown():
    def swapped(*sizes, attention=MultiHeadSelfAttention, **options):
        def turned(embed_size, num_heads):
            return attention(num_heads, embed_size) if isinstance(attention, partial) else attention(24, 6)

        return GPT2(*sizes, attention=turned if sizes[1] == 24 else attention, **options)

    assert facts(swapped, "ConfigurableGPT2")["yours"] == "attention(6, 24)"


def test_the_line_that_needs_a_table_is_shown():
    class Forgetful(GPT2):
        def forward(self, ids):
            x = self.token_embedding(ids) + self.position_embedding.weight[: ids.shape[1]]
            for block in self.blocks:
                x = block(x)
            return self.output(self.final_norm(x))

    wrong = told(Forgetful, "ConfigurableGPT2")
    assert wrong.title == "it raises an error when learned_positions is False"
    assert dict(wrong.facts)["asked"].endswith("attention=..., learned_positions=False)")
    assert "self.position_embedding.weight" in dict(wrong.facts)["where"]


def test_the_list_that_hides_layers_is_shown():
    class Hiding(TransformerBlock):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            feed_forward = [self.feed_forward]
            del self.feed_forward
            self.parts = feed_forward

        def forward(self, x):
            x = x + self.attention(self.attention_norm(x))
            return x + self.parts[0](self.feed_forward_norm(x))

    assert facts(Hiding, "TransformerBlock")["where"] == "self.parts is a Python list"


def test_a_wrong_feed_forward_layer_is_told_as_such():
    class Silu(TransformerBlock):
        def forward(self, x):
            x = x + self.attention(self.attention_norm(x))
            hidden = nn.functional.silu(self.feed_forward.expand(self.feed_forward_norm(x)))
            return x + self.feed_forward.contract(hidden)

    wrong = told(Silu, "TransformerBlock")
    assert wrong.mistake == "silu"
    assert wrong.title.startswith("its feed-forward layer is not right: ")


CELLS = """
import torch
from torch import nn
from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward

class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention, self.feed_forward = attention, PositionWiseFeedForward(embed_size, hidden_size)
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(2)])
    def forward(self, x):
        x = self.norms[0](x + self.attention(x))
        return self.norms[1](x + self.feed_forward(x))

class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024,
                 attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.Sequential(
            *[TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
        )
        self.last = nn.LayerNorm(embed_size)
    def forward(self, ids):
        x = self.tokens(ids)
        if self.places is not None:
            x = x + self.places.weight[: ids.shape[1]]
        return self.last(self.blocks(x)) @ self.tokens.weight.T
"""


def test_the_fault_of_the_block_that_it_uses_is_told_as_the_blocks():
    notebook = {"__name__": "__main__"}
    exec(CELLS, notebook)
    wrong = told(notebook["ConfigurableGPT2"], "ConfigurableGPT2")
    assert wrong.mistake == "post-norm"
    assert wrong.title.startswith("the TransformerBlock that it uses is not right:")


# Blanks


class EmptyBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        raise NotImplementedError

    def forward(self, x):
        raise NotImplementedError


class EmptyForward(TransformerBlock):
    def forward(self, x):
        raise NotImplementedError


class EmptyModel(GPT2):
    def forward(self, ids):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("blank", "exercise"),
    [
        (EmptyBlock, "TransformerBlock"),
        (EmptyForward, "TransformerBlock"),
        (EmptyModel, "ConfigurableGPT2"),
    ],
)
def test_a_blank_is_not_a_wrong_answer(blank, exercise):
    assert isinstance(told(blank, exercise), NotAttempted)


# No trace


@pytest.mark.parametrize(("answer", "exercise"), [(TransformerBlock, "TransformerBlock"), (GPT2, "ConfigurableGPT2")])
def test_a_check_leaves_no_trace_and_passes_whatever_the_world_is(answer, exercise):
    before = torch.get_rng_state()
    torch.set_default_dtype(torch.float16)
    try:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            assert isinstance(examine(answer, exercise), Passed)
        assert torch.get_default_dtype() == torch.float16
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_block_with_parts_of_its_own_is_judged_again_around_other_attentions():
    class Relu(TransformerBlock):
        def forward(self, x, cache=None):
            x = x + self.attention(self.attention_norm(x))
            return x + self.feed_forward.contract(self.feed_forward.expand(self.feed_forward_norm(x)).relu())

    class Model(GPT2):
        def __init__(self, *sizes, **options):
            super().__init__(*sizes, **options)
            if "attention" in options:
                for number, block in enumerate(self.blocks):
                    self.blocks[number] = Relu(sizes[1], sizes[3], block.attention)

    assert told(Model, "ConfigurableGPT2").mistake == "relu"


def test_without_learned_positions_one_table_is_left():
    model = GPT2(*SIZES.arguments(), context_size=SIZES.context, learned_positions=False)
    assert len(tables(model, SIZES.vocab, SIZES.embed)) == 1
    assert tables(model, SIZES.context, SIZES.embed) == []


def test_the_exercises_interfaces_are_those_of_the_stand_ins():
    names = list(inspect.signature(stand_ins.ConfigurableGPT2).parameters)
    assert names[5:] == ["context_size", "attention", "learned_positions"]
    assert list(inspect.signature(stand_ins.TransformerBlock).parameters) == ["embed_size", "hidden_size", "attention"]
