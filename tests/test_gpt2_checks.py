"""The checks of lesson 04: what the catalogue of answers cannot show."""

import inspect
import sys
import types

import pytest
import torch
from torch import nn

from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.gpt2_anatomy import Sizes, block_modules, find_final_norm, one_block, silence, tables
from gpt2_ref.checks.gpt2_checkpoint import checkpoint_logits, random_checkpoint
from gpt2_ref.checks.gpt2_loading import model_of
from gpt2_ref.checks.gpt2_oracle import Ends, model_logits
from gpt2_ref.model import GPT2, GPT2OutputLayer

SIZES = Sizes(vocab=9, embed=24, heads=6, hidden=37, layers=3, context=11)


def a_model(sizes: Sizes = SIZES) -> GPT2:
    torch.manual_seed(0)
    return GPT2(*sizes.arguments(), context_size=sizes.context)


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def load_checkpoint(model, tensors):
    """A right answer for the course's own model."""

    def put(layer, weight, bias):
        weights = [parameter for parameter in layer.parameters() if parameter.dim() == weight.dim()]
        weights[0].copy_(weight.T if weight.dim() > 1 else weight)
        list(layer.parameters())[1].copy_(bias)

    with torch.no_grad():
        model.token_embedding.weight.copy_(tensors["wte.weight"])
        model.position_embedding.weight.copy_(tensors["wpe.weight"])
        for i, block in enumerate(model.blocks):
            both = lambda name, i=i: (tensors[f"h.{i}.{name}.weight"], tensors[f"h.{i}.{name}.bias"])  # noqa: E731
            attention, (weight, bias) = block.attention, both("attn.c_attn")
            roles = (attention.query, attention.key, attention.value)
            for layer, part, shift in zip(roles, weight.chunk(3, 1), bias.chunk(3), strict=True):
                put(layer, part, shift)
            put(attention.output, *both("attn.c_proj"))
            put(block.feed_forward.expand, *both("mlp.c_fc"))
            put(block.feed_forward.contract, *both("mlp.c_proj"))
            put(block.attention_norm, *both("ln_1"))
            put(block.feed_forward_norm, *both("ln_2"))
        put(model.final_norm, tensors["ln_f.weight"], tensors["ln_f.bias"])


def in_a_notebook(function, **names):
    """The same function in a world of its own, as in a learner's notebook."""
    world = {"torch": torch, **names}
    exec(inspect.getsource(function), world)
    return world[function.__name__]


# The oracles agree with the course's own model


def test_the_oracle_of_the_ends_is_the_courses_model_without_blocks():
    model = a_model().double()
    silence(model, [*tables(model, 9, 24), *tables(model, 11, 24)])
    ids = torch.randint(9, (2, 5))
    token, position = model.token_embedding.weight.detach(), model.position_embedding.weight.detach()
    ends = Ends(token, position, torch.ones(24).double(), torch.zeros(24).double())
    torch.testing.assert_close(model(ids), model_logits(ids, ends))


def test_the_oracle_of_a_checkpoint_is_the_courses_model_with_its_weights():
    tensors = random_checkpoint(SIZES)
    model = a_model()
    load_checkpoint(model, tensors)
    ids = torch.randint(9, (2, 11))
    torch.testing.assert_close(model(ids), checkpoint_logits(ids, tensors, SIZES), atol=1e-4, rtol=1e-4)


# Finding the parts of a model


def test_tables_are_found_in_either_orientation():
    holder = nn.ParameterList([torch.randn(24, 9), torch.randn(1, 11, 24), torch.randn(24, 24)])
    (token,), (position,) = tables(holder, 9, 24), tables(holder, 11, 24)
    assert token.read().shape == (9, 24)
    assert position.read().shape == (11, 24)
    token.read().zero_()
    assert not holder[0].any()


def test_the_last_layer_norm_is_found_by_what_its_numbers_do():
    model = a_model()
    kept = [*tables(model, 9, 24), *tables(model, 11, 24)]
    silence(model, kept)
    ids = torch.randint(9, (3, 5))
    ends = Ends(kept[0].read(), kept[1].read(), torch.ones(24), torch.zeros(24))
    found = find_final_norm(model, model(ids), ids, ends, kept)
    assert {id(owner) for owner, _ in found.numbers[:24]} == {id(model.final_norm.scale)}
    assert [index for _, index in found.numbers[24:]] == list(range(24))
    found.write(torch.full((24,), 3.0), torch.full((24,), 0.5))
    assert (model.final_norm.scale == 3).all()
    assert (model.final_norm.shift == 0.5).all()


def test_blocks_are_found_by_their_size():
    model = a_model()
    assert block_modules(model, SIZES) == list(model.blocks)


def test_a_block_is_run_alone_with_what_else_it_needs():
    sizes = Sizes(vocab=9, embed=24, heads=6, hidden=37, layers=1, context=11)

    class Masked(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, x, *, mask):
            assert mask.shape == (x.shape[0], x.shape[0])  # the sequence comes first
            return self.inner(x.transpose(0, 1)).transpose(0, 1), mask

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.whole = a_model(sizes)
            self.block = Masked(self.whole.blocks[0])

        def forward(self, ids):
            x = self.whole.token_embedding(ids).transpose(0, 1)
            x, _ = self.block(x, mask=torch.ones(len(x), len(x)))
            return self.whole.output(self.whole.final_norm(x.transpose(0, 1)))

    model = Model()
    x = torch.randn(4, 7, 24)
    torch.testing.assert_close(one_block(model, sizes).run(x), model.whole.blocks[0](x))


# Which model load_checkpoint loads into


def test_the_model_beside_the_answer_comes_first(monkeypatch):
    class Mine(GPT2):
        pass

    banked = types.SimpleNamespace(GPT2=type("Banked", (GPT2,), {}))
    monkeypatch.setitem(sys.modules, "my_gpt2", banked)
    beside = in_a_notebook(load_checkpoint, GPT2=Mine)
    assert model_of(beside).build is Mine
    assert model_of(torch.no_grad()(beside)).build is Mine
    assert model_of(in_a_notebook(load_checkpoint)).build is banked.GPT2
    monkeypatch.setitem(sys.modules, "my_gpt2", None)
    assert model_of(in_a_notebook(load_checkpoint)).build is GPT2


def test_a_banked_model_is_named(monkeypatch):
    class WithoutNorm(GPT2):
        def hidden(self, ids, cache=None):
            x = self.token_embedding(ids) + self.position_embedding.weight[: ids.shape[1]]
            for block in self.blocks:
                x = block(x)
            return x

    monkeypatch.setitem(sys.modules, "my_gpt2", types.SimpleNamespace(GPT2=WithoutNorm))
    wrong = told(in_a_notebook(load_checkpoint), "load_checkpoint")
    assert wrong.mistake == "model-wrong"
    assert "the GPT2 that it loads into is not right: the last layer norm is missing" in str(wrong)
    assert "the GPT2 of my_gpt2" in str(wrong)


# What is told


def test_the_names_of_ignored_tensors_are_told():
    def without_positions(model, tensors):
        before = model.position_embedding.weight.detach().clone()
        load_checkpoint(model, tensors)
        model.position_embedding.weight.data.copy_(before)

    wrong = told(without_positions, "load_checkpoint")
    assert wrong.mistake == "tensor-ignored"
    assert dict(wrong.facts)["where"] == "nothing depends on wpe.weight"


def test_the_python_list_that_hides_blocks_is_told():
    class Hidden(GPT2):
        def __init__(self, *sizes, **options):
            super().__init__(*sizes, **options)
            layers = list(self.blocks)
            del self.blocks
            self.blocks = layers

    assert dict(told(Hidden, "GPT2").facts)["where"] == "self.blocks is a Python list"


@pytest.mark.parametrize("context_size", [10, 12])
def test_a_position_table_of_the_wrong_length_is_told_with_its_length(context_size):
    def off(*sizes, **options):
        return GPT2(*sizes, context_size=options.get("context_size", 1024) + context_size - 11)

    wrong = told(off, "GPT2")
    assert wrong.mistake == "position-table-off-by-one"
    assert f"has {context_size} rows for a context of 11" in str(wrong)


# Blanks


def not_written(model, tensors):
    raise NotImplementedError


def nothing_yet(model, tensors):
    """Copies a checkpoint."""


class EmptyModel(GPT2):
    def forward(self, ids):
        raise NotImplementedError


class EmptyOutput(GPT2OutputLayer):
    def forward(self, x):
        pass


@pytest.mark.parametrize(
    ("blank", "exercise"),
    [
        (not_written, "load_checkpoint"),
        (nothing_yet, "load_checkpoint"),
        (EmptyModel, "GPT2"),
        (EmptyOutput, "GPT2OutputLayer"),
    ],
)
def test_a_blank_is_not_a_wrong_answer(blank, exercise):
    assert isinstance(told(blank, exercise), NotAttempted)


# No trace


@pytest.mark.parametrize(
    ("answer", "exercise"),
    [(GPT2OutputLayer, "GPT2OutputLayer"), (GPT2, "GPT2"), (load_checkpoint, "load_checkpoint")],
)
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
