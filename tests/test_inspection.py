"""Patterns, streams and scores equal transformers' and a naive loop's; a look inside leaves no hook behind."""

import itertools
import math
from functools import partial

import pytest
import torch
from test_gpt2 import SHAPES, twins

from gpt2_ref import (
    GPT2,
    MultiHeadSelfAttention,
    RotaryPositionalEncoding,
    SlidingWindowAttention,
    attention_pattern,
    induction_score,
    logit_lens,
    without_heads,
)
from gpt2_ref.model import streams

EXACT = {"rtol": 1e-10, "atol": 1e-10}
SIZES = {"vocab_size": 13, "embed_size": 24, "num_heads": 6, "hidden_size": 31, "num_layers": 3, "context_size": 12}


def attention_of(window_size, num_groups, rotary):
    options = {"num_groups": num_groups, "rotary": RotaryPositionalEncoding(4) if rotary else None}
    if window_size:
        return partial(SlidingWindowAttention, window_size=window_size, **options)
    return partial(MultiHeadSelfAttention, **options)


VARIANTS = [attention_of(*choice) for choice in itertools.product([None, 3], [None, 2], [False, True])]
VARIANT_NAMES = [
    "-".join(choice) for choice in itertools.product(["full", "window"], ["all", "groups"], ["", "rotary"])
]


def model_with(attention=MultiHeadSelfAttention, **changes):
    """A model with random numbers in every parameter, large enough that attention is not nearly uniform."""
    torch.manual_seed(0)
    model = GPT2(**{**SIZES, **changes}, attention=attention).double()
    for parameter in model.parameters():
        parameter.data.normal_(std=0.5)
    return model


def ids_for(model, batch=2, length=9):
    return torch.randint(model.vocab_size, (batch, length), generator=torch.Generator().manual_seed(1))


def hooks_of(model):
    return [hook for module in model.modules() for hook in (*module._forward_hooks, *module._forward_pre_hooks)]


# Beside transformers


def same_inside(shape):
    """Ids, our model, and what transformers' model with the same weights says of its inside."""
    theirs, ours = twins(shape)
    theirs.set_attn_implementation("eager")
    ids = torch.randint(shape[0], (2, shape[-1]))
    return ids, ours, theirs.transformer(ids, output_attentions=True, output_hidden_states=True)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_patterns_equal_transformers(shape):
    ids, ours, theirs = same_inside(shape)
    assert len(theirs.attentions) == len(ours.blocks)
    for layer, pattern in enumerate(theirs.attentions):
        torch.testing.assert_close(attention_pattern(ours, ids, layer), pattern, **EXACT)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_streams_equal_transformers(shape):
    ids, ours, theirs = same_inside(shape)
    mine = streams(ours, ids)
    assert len(mine) == len(theirs.hidden_states) == len(ours.blocks) + 1
    # Their last is what the output layer reads; the others are the stream itself.
    for one, other in zip([*mine[:-1], ours.final_norm(mine[-1])], theirs.hidden_states, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


# Patterns of every kind of attention


def pattern_by_hand(attention, normed):
    """The pattern (heads, query, key) of one text (sequence, embed), one number at a time."""
    length, size = len(normed), attention.head_size
    query = attention.query(normed).view(length, -1, size)
    key = attention.key(normed).view(length, -1, size)
    if attention.rotary is not None:
        query, key = (attention.rotary(rows.transpose(0, 1)[None])[0].transpose(0, 1) for rows in (query, key))
    heads = query.shape[1]
    share = heads // key.shape[1]
    pattern = torch.zeros(heads, length, length, dtype=normed.dtype)
    for head, i in itertools.product(range(heads), range(length)):
        seen = [j for j in range(i + 1) if attention.rule(torch.tensor(i - j))]
        scores = [(query[i, head] @ key[j, head // share]).item() / math.sqrt(size) for j in seen]
        total = sum(math.exp(score) for score in scores)
        for j, score in zip(seen, scores, strict=True):
            pattern[head, i, j] = math.exp(score) / total
    return pattern


@pytest.mark.parametrize("attention", VARIANTS, ids=VARIANT_NAMES)
@torch.no_grad()
def test_a_pattern_equals_the_loop(attention):
    model = model_with(attention)
    ids = ids_for(model)
    for layer, block in enumerate(model.blocks):
        pattern = attention_pattern(model, ids, layer)
        assert pattern.shape == (2, 6, 9, 9)
        for text, stream in enumerate(streams(model, ids)[layer]):
            by_hand = pattern_by_hand(block.attention, block.attention_norm(stream))
            torch.testing.assert_close(pattern[text], by_hand, **EXACT)


@pytest.mark.parametrize("attention", VARIANTS, ids=VARIANT_NAMES)
def test_pattern_times_values_is_what_the_attention_gives(attention):
    model = model_with(attention)
    ids = ids_for(model)
    for layer, block in enumerate(model.blocks):
        normed = block.attention_norm(streams(model, ids)[layer])
        value = block.attention.split_heads(block.attention.value(normed))
        value = value.repeat_interleave(6 // value.shape[1], dim=1)
        mixed = attention_pattern(model, ids, layer) @ value
        result = block.attention.output(mixed.transpose(1, 2).flatten(2))
        torch.testing.assert_close(result, block.attention(normed), **EXACT)


def test_without_learned_positions_a_pattern_comes_from_rotary_alone():
    model = model_with(attention_of(None, None, True), learned_positions=False)
    pattern = attention_pattern(model, ids_for(model, length=20), 1)
    torch.testing.assert_close(pattern.sum(-1), torch.ones(2, 6, 20, dtype=torch.float64))
    assert pattern.triu(1).abs().max() == 0


@pytest.mark.parametrize("layer", [-1, 3])
def test_a_layer_that_is_not_there_is_refused(layer):
    model = model_with()
    with pytest.raises(IndexError, match=rf"layer = {layer}; the model has layers 0 to 2"):
        attention_pattern(model, ids_for(model), layer)
    with (
        pytest.raises(IndexError, match=rf"layer = {layer}; the model has layers 0 to 2"),
        without_heads(model, {layer: [0]}),
    ):
        pass


# Streams and the logit lens


def test_streams_are_what_the_blocks_make_one_after_the_other():
    model = model_with()
    ids = ids_for(model)
    x = model.token_embedding(ids) + model.position_embedding.weight[:9]
    for came, block in zip(streams(model, ids), [*model.blocks, None], strict=True):
        torch.testing.assert_close(came, x, **EXACT)
        x = block(x) if block else x


@pytest.mark.parametrize("attention", VARIANTS, ids=VARIANT_NAMES)
def test_the_last_of_the_lens_is_the_model(attention):
    model = model_with(attention)
    ids = ids_for(model)
    lens = logit_lens(model, ids)
    assert lens.shape == (4, 2, 9, 13)
    torch.testing.assert_close(lens[-1], model(ids), **EXACT)


def test_the_lens_after_n_blocks_is_the_model_that_ends_there():
    model = model_with()
    ids = ids_for(model)
    lens = logit_lens(model, ids)
    blocks = list(model.blocks)
    for number in range(len(blocks) + 1):
        model.blocks = torch.nn.ModuleList(blocks[:number])
        torch.testing.assert_close(lens[number], model(ids), **EXACT)


# Induction


def score_by_hand(pattern, period):
    length = len(pattern)
    return sum(pattern[i, i - period + 1].item() for i in range(period, length)) / (length - period)


@pytest.mark.parametrize(("length", "period"), [(2, 1), (6, 1), (6, 3), (7, 3), (9, 8), (12, 4), (20, 6)])
def test_the_score_equals_the_loop(length, period):
    pattern = torch.rand(2, 3, length, length, dtype=torch.float64)
    score = induction_score(pattern, period)
    assert score.shape == (2, 3)
    for text, head in itertools.product(range(2), range(3)):
        assert score[text, head].item() == pytest.approx(score_by_hand(pattern[text, head], period), rel=1e-12)
    assert induction_score(pattern[0, 0], period).shape == ()


def test_a_perfect_induction_head_scores_one_and_a_copy_of_the_token_none():
    token = torch.arange(12)
    perfect, previous = torch.zeros(2, 12, 12)
    perfect[token, (token - 4 + 1).clamp(min=0)] = 1
    previous[token, (token - 4).clamp(min=0)] = 1
    assert induction_score(torch.stack([perfect, previous]), 4).tolist() == [1, 0]


@pytest.mark.parametrize("period", [0, -1, 6, 7])
def test_a_text_without_a_second_pass_is_refused(period):
    with pytest.raises(ValueError, match=rf"period = {period}; it must be from 1 to 5, below the text's length"):
        induction_score(torch.rand(6, 6), period)


# Heads switched off


@pytest.mark.parametrize("attention", VARIANTS, ids=VARIANT_NAMES)
@pytest.mark.parametrize("heads", [{}, {0: [2]}, {2: [0, 5]}, {0: [1], 1: [], 2: range(6)}])
def test_a_head_that_is_off_has_no_columns_in_the_output_projection(attention, heads):
    model, changed = model_with(attention), model_with(attention)
    ids = ids_for(model)
    for layer, numbers in heads.items():
        columns = changed.blocks[layer].attention.output.weight.data.view(24, 6, 4)
        columns[:, list(numbers)] = 0
    before = model(ids)
    with without_heads(model, heads) as silenced:
        assert silenced is model
        torch.testing.assert_close(silenced(ids), changed(ids), **EXACT)
    assert torch.equal(model(ids), before)
    assert (before - changed(ids)).abs().max() > 0.01 or not heads


def test_a_head_that_is_off_is_off_in_the_lens_and_while_writing():
    model, changed = model_with(), model_with()
    changed.blocks[0].attention.output.weight.data[:, 4:8] = 0
    ids = ids_for(model, length=4)
    with without_heads(model, {0: [1]}):
        torch.testing.assert_close(logit_lens(model, ids), logit_lens(changed, ids), **EXACT)
        assert torch.equal(model.generate(ids, 12, temperature=0), changed.generate(ids, 12, temperature=0))


@pytest.mark.parametrize("head", [-1, 6])
def test_a_head_that_is_not_there_is_refused_and_the_others_stay_on(head):
    model = model_with()
    text = rf"head = {head}; layer 1 has heads 0 to 5"
    with pytest.raises(IndexError, match=text), without_heads(model, {0: [2], 1: [3, head]}):
        pass
    assert not hooks_of(model)


# What is left behind


class Broken(MultiHeadSelfAttention):
    def forward(self, x, cache=None):
        raise RuntimeError("broken")


def test_no_hook_is_left():
    model = model_with()
    ids = ids_for(model)
    attention_pattern(model, ids, 1), logit_lens(model, ids), streams(model, ids)
    with without_heads(model, {0: [1]}):
        assert len(hooks_of(model)) == 1
    assert not hooks_of(model)


def test_no_hook_is_left_after_an_error():
    model = model_with(Broken)
    ids = ids_for(model)
    for look in (partial(attention_pattern, layer=2), logit_lens, streams):
        with pytest.raises(RuntimeError, match="broken"):
            look(model, ids)
        with pytest.raises(IndexError, match="ids run from 0 to vocab_size - 1 = 12"):
            look(model, ids + 13)
    with pytest.raises(KeyError), without_heads(model, {0: [1]}):
        raise KeyError
    assert not hooks_of(model)


def test_hooks_of_others_stay_and_no_random_number_is_used():
    model = model_with()
    ids, calls = ids_for(model), []
    handle = model.blocks[1].register_forward_pre_hook(lambda *_: calls.append(1))
    state = torch.get_rng_state()
    attention_pattern(model, ids, 1), logit_lens(model, ids)
    assert torch.equal(torch.get_rng_state(), state)
    assert hooks_of(model) == [handle.id]
    assert len(calls) == 2


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_and_the_gradients_stay(training):
    model = model_with().train(training)
    attention_pattern(model, ids_for(model), 2).square().sum().backward()
    assert all(module.training is training for module in model.modules())
    assert model.blocks[0].feed_forward.expand.weight.grad.abs().max() > 0
    assert model.blocks[2].attention.value.weight.grad is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_the_dtype_of_the_model_stays(dtype):
    model = model_with().to(dtype)
    ids = ids_for(model)
    assert attention_pattern(model, ids, 1).dtype == logit_lens(model, ids).dtype == dtype


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_heads_can_be_switched_off_in_every_dtype(dtype):
    model = model_with().to(dtype)
    with without_heads(model, {0: [1]}):
        assert model(ids_for(model)).dtype == dtype
