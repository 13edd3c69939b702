"""Sliding windows, grouped queries and rotary positions: each alone, all together, and beside transformers' models."""

import itertools
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt2_ref import (
    GPT2,
    GroupQueryAttention,
    MultiHeadSelfAttention,
    RotaryPositionalEncoding,
    SlidingWindowAttention,
    group_heads,
    swap_layout,
)
from gpt2_ref.model import Window, attend, attend_fused, visible

EXACT = {"rtol": 1e-10, "atol": 1e-10}
COMBINATIONS = list(itertools.product([None, 3], [None, 2], [False, True]))


def attention_of(window_size, num_groups, rotary, head_size=4):
    options = {"num_groups": num_groups, "rotary": RotaryPositionalEncoding(head_size) if rotary else None}
    if window_size:
        return partial(SlidingWindowAttention, window_size=window_size, **options)
    return partial(MultiHeadSelfAttention, **options)


# Windows


def reach(attention, length):
    """(query, key): whether the output at a query moves when the input at a key does."""
    x = torch.randn(1, length, 8, dtype=torch.float64)
    rows = []
    for position in range(length):
        changed = x.clone()
        changed[:, position] += 1
        rows.append((attention(changed) - attention(x))[0].abs().amax(-1) > 1e-12)
    return torch.stack(rows, dim=1)


@pytest.mark.parametrize("window_size", [1, 2, 3, 4, 9, 20])
def test_a_window_includes_the_token_itself(window_size):
    attention = SlidingWindowAttention(8, 2, window_size).double()
    distance = torch.arange(9)[:, None] - torch.arange(9)
    assert torch.equal(reach(attention, 9), (distance >= 0) & (distance < window_size))


@settings(deadline=None, max_examples=60)
@given(
    length=st.integers(1, 300),
    size=st.integers(1, 150),
    earlier=st.integers(0, 200),
    share=st.integers(1, 3),
    needs_gradient=st.booleans(),
)
def test_chunks_equal_the_banded_mask(length, size, earlier, share, needs_gradient):
    query = torch.randn(2, 2 * share, length, 4, dtype=torch.float64, requires_grad=needs_gradient)
    key, value = torch.randn(2, 2, 2, earlier + length, 4, dtype=torch.float64)
    query_positions, key_positions = torch.arange(earlier, earlier + length), torch.arange(earlier + length)
    expected = attend(query, key, value, visible(query_positions, key_positions, Window(size)))
    came = attend_fused(query, key, value, query_positions, key_positions, Window(size))
    torch.testing.assert_close(came, expected, **EXACT)
    if needs_gradient:
        weights = torch.randn_like(came)
        mine, right = (torch.autograd.grad(result, query, weights)[0] for result in (came, expected))
        torch.testing.assert_close(mine, right, **EXACT)


def test_a_window_as_wide_as_the_text_is_full_attention():
    full = MultiHeadSelfAttention(8, 2).double()
    x = torch.randn(2, 7, 8, dtype=torch.float64)
    for window_size in (7, 100):
        windowed = SlidingWindowAttention(8, 2, window_size).double()
        windowed.load_state_dict(full.state_dict())
        torch.testing.assert_close(windowed(x), full(x), **EXACT)


def test_the_cache_of_a_window_stays_as_large_as_the_window():
    attention = SlidingWindowAttention(8, 2, 5)
    cache, sizes = attention.new_cache(), set()
    with torch.no_grad():
        attention(torch.randn(1, 500, 8), cache)
        for _ in range(400):
            attention(torch.randn(1, 1, 8), cache)
            sizes.add((cache.num_rows, cache._buffers[0].shape[2]))
    assert sizes == {(5, 64)}
    assert cache.length == 900


# Groups


def test_as_many_groups_as_heads_is_full_attention():
    full, grouped = MultiHeadSelfAttention(12, 6).double(), GroupQueryAttention(12, 6, 6).double()
    grouped.load_state_dict(full.state_dict())
    x = torch.randn(2, 5, 12, dtype=torch.float64)
    assert torch.equal(grouped(x), full(x))


def test_consecutive_heads_share_a_group():
    """Full attention whose keys and values are the groups' repeated for each of their heads."""
    grouped, full = GroupQueryAttention(24, 6, 2).double(), MultiHeadSelfAttention(24, 6).double()
    state = grouped.state_dict()
    for name in ("key.weight", "key.bias", "value.weight", "value.bias"):
        state[name] = state[name].unflatten(0, (2, 4)).repeat_interleave(3, dim=0).flatten(0, 1)
    full.load_state_dict(state)
    x = torch.randn(2, 5, 24, dtype=torch.float64)
    torch.testing.assert_close(grouped(x), full(x), **EXACT)


def test_mean_pooled_heads():
    model = GPT2(11, 24, 6, 32, 2).double()
    ids = torch.randint(11, (2, 7))
    same, grouped, one = (group_heads(model, number) for number in (6, 2, 1))
    assert torch.equal(same(ids), model(ids))
    heads = model.blocks[1].attention.value.weight.unflatten(0, (6, 4))
    pooled = grouped.blocks[1].attention.value.weight.unflatten(0, (2, 4))
    torch.testing.assert_close(pooled[1], heads[3:].mean(0), **EXACT)
    torch.testing.assert_close(group_heads(grouped, 1)(ids), one(ids), **EXACT)
    assert model.blocks[0].attention.key.out_features == 24
    assert torch.equal(
        grouped.generate(ids, 12, temperature=0), grouped.generate(ids, 12, temperature=0, use_cache=False)
    )
    grouped(ids).sum().backward()
    assert grouped.blocks[0].attention.key.weight.grad is not None


# Rotary positions


@pytest.mark.parametrize("adjacent", [False, True])
@pytest.mark.parametrize(("head_size", "base"), [(2, 10000.0), (8, 10000.0), (6, 500.0)])
def test_turns_by_the_paper(head_size, base, adjacent):
    rotary = RotaryPositionalEncoding(head_size, base, adjacent=adjacent)
    x = torch.randn(2, 3, 4, head_size, dtype=torch.float64)
    positions = torch.tensor([0, 7, 3, 100_000])
    turned = rotary(x, positions)
    for row, position in enumerate(positions.tolist()):
        for pair in range(head_size // 2):
            places = [2 * pair, 2 * pair + 1] if adjacent else [pair, pair + head_size // 2]
            number = torch.complex(*(x[..., row, place] for place in places))
            angle = torch.tensor(position * base ** (-2 * pair / head_size), dtype=torch.float64)
            expected = number * torch.polar(torch.ones((), dtype=torch.float64), angle)
            came = torch.complex(*(turned[..., row, place] for place in places))
            torch.testing.assert_close(came, expected, **EXACT)


@settings(deadline=None, max_examples=30)
@given(shift=st.integers(-500, 5000), adjacent=st.booleans())
def test_scores_depend_on_the_distance_only(shift, adjacent):
    rotary = RotaryPositionalEncoding(8, adjacent=adjacent)
    query, key = torch.randn(2, 1, 2, 5, 8, dtype=torch.float64)
    here, there = torch.arange(5), torch.arange(5) + shift
    scores = [rotary(query, at) @ rotary(key, at).transpose(-2, -1) for at in (here, there)]
    torch.testing.assert_close(*scores, rtol=1e-8, atol=1e-8)


def test_the_layouts_are_the_same_up_to_the_order_of_the_rows():
    halves, adjacent = (
        MultiHeadSelfAttention(24, 3, rotary=RotaryPositionalEncoding(8, adjacent=layout)).double()
        for layout in (False, True)
    )
    x = torch.randn(2, 5, 24, dtype=torch.float64)
    state = halves.state_dict()
    for name in ("query.weight", "query.bias", "key.weight", "key.bias"):
        state[name] = swap_layout(state[name], 3, to_adjacent=True)
        assert torch.equal(swap_layout(state[name], 3, to_adjacent=False), halves.state_dict()[name])
    adjacent.load_state_dict(state)
    torch.testing.assert_close(adjacent(x), halves(x), **EXACT)


def test_half_precision_turns_as_exactly_as_it_can():
    rotary = RotaryPositionalEncoding(64)
    x = torch.randn(1, 1, 1, 64)
    position = torch.tensor([100_000])
    assert (rotary(x.bfloat16(), position) - rotary(x.double(), position)).abs().max() < 0.05
    assert rotary(x.bfloat16()).dtype == torch.bfloat16


# All together


@pytest.mark.parametrize("learned_positions", [True, False])
@pytest.mark.parametrize(("window_size", "num_groups", "rotary"), COMBINATIONS)
def test_every_combination_trains_generates_and_caches(window_size, num_groups, rotary, learned_positions):
    torch.manual_seed(0)
    attention = attention_of(window_size, num_groups, rotary)
    model = GPT2(11, 24, 6, 32, 2, context_size=20, attention=attention, learned_positions=learned_positions).double()
    ids = torch.randint(11, (3, 12))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = model(ids).logsumexp(-1).mean()
    before.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    optimizer.step()
    assert model(ids).logsumexp(-1).mean() < before
    uncached = model(ids)
    for chunks in ([12], [1] * 12, [5, 1, 1, 1, 4], [3, 3, 2, 4]):
        cache = model.new_cache()
        pieces = [model(piece, cache) for piece in ids.split(chunks, dim=1)]
        torch.testing.assert_close(torch.cat(pieces, dim=1), uncached, **EXACT)
    length = 30 if not learned_positions else 25
    texts = [model.generate(ids[:, :2], length, temperature=0, use_cache=use) for use in (True, False)]
    assert torch.equal(*texts)


def hugging_face(model_type, **options):
    """A small randomly initialised model, and what went into and came out of its attention in float64."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = {"mistral": transformers.MistralConfig, "llama": transformers.LlamaConfig}[model_type](
        vocab_size=11,
        hidden_size=24,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.4,
        attn_implementation="eager",
        **options,
    )
    model = {"mistral": transformers.MistralModel, "llama": transformers.LlamaModel}[model_type](config)
    model = model.double().eval()
    seen = []
    model.layers[0].self_attn.register_forward_hook(
        lambda module, args, kwargs, result: seen.append((kwargs["hidden_states"], result[0])), with_kwargs=True
    )
    return model, seen


def with_weights_of(theirs, adjacent=False, **options):
    rotary = RotaryPositionalEncoding(4, options.pop("base", 10000.0), adjacent=adjacent)
    ours = MultiHeadSelfAttention(24, 6, num_groups=2, bias=False, rotary=rotary, **options).double()
    weights = [getattr(theirs, f"{name}_proj").weight.detach() for name in "qkvo"]
    if adjacent:
        weights[:2] = [swap_layout(weights[0], 6, to_adjacent=True), swap_layout(weights[1], 2, to_adjacent=True)]
    for mine, weight in zip((ours.query, ours.key, ours.value, ours.output), weights, strict=True):
        mine.weight.data.copy_(weight)
    return ours


# transformers computes its angles in float32, whatever the model's dtype.
CLOSE = {"rtol": 0, "atol": 2e-6}
MODELS = [
    ("mistral", {"sliding_window": 3}, {"rule": Window(3)}),
    ("mistral", {"sliding_window": 4}, {"rule": Window(4)}),
    ("mistral", {"sliding_window": None}, {}),
    ("llama", {}, {}),
    ("llama", {"rope_parameters": {"rope_type": "default", "rope_theta": 500.0}}, {"base": 500.0}),
]


@pytest.mark.parametrize("adjacent", [False, True])
@pytest.mark.parametrize(("model_type", "theirs", "options"), MODELS)
def test_attention_equals_transformers(model_type, theirs, options, adjacent):
    model, seen = hugging_face(model_type, **theirs)
    model(torch.randint(11, (2, 9)))
    (x, expected), ours = seen[0], with_weights_of(model.layers[0].self_attn, adjacent, **dict(options))
    torch.testing.assert_close(ours(x), expected, **CLOSE)


@pytest.mark.parametrize("chunks", [[9], [1] * 9, [5, 1, 1, 1, 1], [3, 3, 2, 1]])
@pytest.mark.parametrize(("model_type", "theirs", "options"), MODELS)
def test_cached_decode_equals_transformers(model_type, theirs, options, chunks):
    model, seen = hugging_face(model_type, **theirs)
    ours = with_weights_of(model.layers[0].self_attn, **dict(options))
    past, cache = None, ours.new_cache()
    for piece in torch.randint(11, (2, 9)).split(chunks, dim=1):
        past = model(piece, past_key_values=past, use_cache=True).past_key_values
        x, expected = seen[-1]
        torch.testing.assert_close(ours(x, cache), expected, **CLOSE)


# Refusals


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: SlidingWindowAttention(8, 2, 0), "window_size is 0; it must be a whole number of at least 1"),
        (lambda: SlidingWindowAttention(8, 2, 2.5), "window_size is 2.5"),
        (lambda: GroupQueryAttention(24, 6, 4), "num_heads is 6 and num_groups is 4; num_groups must divide num_heads"),
        (lambda: GroupQueryAttention(24, 6, 0), "num_groups is 0"),
        (lambda: RotaryPositionalEncoding(7), "head_size is 7; it must be even"),
        (lambda: RotaryPositionalEncoding(8, base=0), "base is 0; it must be above 0"),
        (lambda: RotaryPositionalEncoding(8)(torch.zeros(1, 2, 3, 6)), r"x has shape \(1, 2, 3, 6\).*head_size = 8"),
        (lambda: RotaryPositionalEncoding(8)(torch.zeros(1, 2, 3, 8), torch.arange(2)), r"positions has shape \(2,\)"),
        (lambda: group_heads(GPT2(11, 24, 6, 32, 1), 4), "num_heads is 6 and num_groups is 4"),
        (lambda: MultiHeadSelfAttention(8, 2, rotary=RotaryPositionalEncoding(8))(torch.zeros(1, 2, 8)), "x has shape"),
    ],
)
def test_refusals_name_the_argument(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_a_cache_of_another_model_is_refused():
    one, other = GPT2(11, 24, 6, 32, 2), GPT2(11, 24, 6, 32, 2)
    cache = one.new_cache()
    one(torch.tensor([[1, 2]]), cache)
    with pytest.raises(ValueError, match="the cache holds rows of another model or layer; begin a new one"):
        other(torch.tensor([[3]]), cache)
    with pytest.raises(ValueError, match="the cache holds rows of another model or layer"):
        one(torch.tensor([[3]]), cache[::-1])
    with pytest.raises(ValueError, match=r"= \(1, 6, 4\) and the new ones have \(3, 6, 4\)"):
        one(torch.tensor([[3]] * 3), cache)
