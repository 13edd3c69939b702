"""The functional core and the attention module equal torch's attention and a naive loop."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from gpt2_ref import MultiHeadSelfAttention
from gpt2_ref.model import attend, attend_fused, causal, visible

CLOSE = {"rtol": 1e-10, "atol": 1e-10}


def window(distance, size=3):
    return (distance >= 0) & (distance < size)


def naive_attention(query, key, value, seen):
    """The specification: one query at a time, one key at a time."""
    result = torch.zeros_like(query)
    share = query.shape[1] // key.shape[1]
    for b, h, i in torch.cartesian_prod(*map(torch.arange, query.shape[:3])).tolist():
        keys = [j for j in range(key.shape[2]) if seen[i, j]]
        scores = torch.stack([query[b, h, i] @ key[b, h // share, j] / query.shape[-1] ** 0.5 for j in keys])
        weights = scores.exp() / scores.exp().sum()
        result[b, h, i] = sum(weight * value[b, h // share, j] for weight, j in zip(weights, keys, strict=True))
    return result


@pytest.mark.parametrize("rule", [causal, window])
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_attend_equals_the_naive_loop(rule, groups):
    query = torch.randn(2, 6, 5, 4, dtype=torch.float64)
    key, value = torch.randn(2, 2, groups, 5, 4, dtype=torch.float64)
    positions = torch.arange(5)
    seen = visible(positions, positions, rule)
    expected = naive_attention(query, key, value, seen)
    torch.testing.assert_close(attend(query, key, value, seen), expected, **CLOSE)
    torch.testing.assert_close(attend_fused(query, key, value, positions, positions, rule), expected, **CLOSE)


@settings(deadline=None, max_examples=30)
@given(length=st.integers(1, 9), share=st.integers(1, 3), groups=st.integers(1, 3), size=st.integers(1, 6))
def test_fused_causal_equals_torch(length, share, groups, size):
    query = torch.randn(2, groups * share, length, size, dtype=torch.float64)
    key, value = torch.randn(2, 2, groups, length, size, dtype=torch.float64)
    expected = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
    positions = torch.arange(length)
    torch.testing.assert_close(attend_fused(query, key, value, positions, positions), expected, **CLOSE)
    torch.testing.assert_close(attend(query, key, value, visible(positions, positions)), expected, **CLOSE)


def test_a_later_query_keeps_its_position():
    seen = visible(torch.tensor([4, 5]), torch.arange(6))
    assert seen.tolist() == [[True] * 5 + [False], [True] * 6]


def as_torch(attention: MultiHeadSelfAttention) -> nn.MultiheadAttention:
    """torch's module with the same weights."""
    embed_size = attention.output.in_features
    heads = embed_size // attention.head_size
    theirs = nn.MultiheadAttention(embed_size, heads, batch_first=True, dtype=torch.float64)
    parts = (attention.query, attention.key, attention.value)
    theirs.in_proj_weight.data = torch.cat([part.weight for part in parts])
    theirs.in_proj_bias.data = torch.cat([part.bias for part in parts])
    theirs.out_proj.load_state_dict(attention.output.state_dict())
    return theirs


@pytest.mark.parametrize("length", [1, 2, 7])
@pytest.mark.parametrize(("embed_size", "num_heads"), [(4, 1), (24, 6), (15, 5)])
def test_module_equals_torchs_module(embed_size, num_heads, length):
    attention = MultiHeadSelfAttention(embed_size, num_heads).double()
    x = torch.randn(3, length, embed_size, dtype=torch.float64)
    future = torch.ones(length, length).triu(1).bool()
    expected, _ = as_torch(attention)(x, x, x, attn_mask=future, need_weights=False)
    torch.testing.assert_close(attention(x), expected, **CLOSE)


def test_a_rule_and_groups_are_honoured():
    attention = MultiHeadSelfAttention(24, 6, num_groups=2, rule=window).double()
    x = torch.randn(1, 8, 24, dtype=torch.float64)
    assert attention.key.out_features == 8
    changed = x.clone()
    changed[0, 2] += 1
    moved = (attention(changed) - attention(x)).abs().amax(-1)[0] > 1e-12
    assert moved.tolist() == [False, False, True, True, True, False, False, False]


def test_rotary_is_given_queries_keys_and_positions():
    seen = []

    def rotary(x, positions):
        seen.append((tuple(x.shape), positions.tolist()))
        return x

    x = torch.randn(2, 3, 24)
    attention = MultiHeadSelfAttention(24, 6, num_groups=2, rotary=rotary)
    attention(x)
    assert seen == [((2, 6, 3, 4), [0, 1, 2]), ((2, 2, 3, 4), [0, 1, 2])]


def test_without_biases():
    assert [name for name, _ in MultiHeadSelfAttention(24, 6, bias=False).named_parameters()] == [
        "query.weight",
        "key.weight",
        "value.weight",
        "output.weight",
    ]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (partial(MultiHeadSelfAttention, 0, 1), "embed_size is 0; it must be a whole number of at least 1"),
        (
            partial(MultiHeadSelfAttention, 24, 5),
            "embed_size is 24 and num_heads is 5; num_heads must divide embed_size",
        ),
        (partial(MultiHeadSelfAttention, 24, -6), "num_heads is -6"),
        (partial(MultiHeadSelfAttention, 24, 6, num_groups=4), "num_groups is 4; num_groups must divide num_heads"),
        (partial(MultiHeadSelfAttention, 24, 6, num_groups=0), "num_groups is 0"),
        (lambda: MultiHeadSelfAttention(24, 6)(torch.zeros(2, 24)), r"x has shape \(2, 24\); it must be"),
        (lambda: MultiHeadSelfAttention(24, 6)(torch.zeros(2, 3, 12)), r"embed_size = 24"),
    ],
)
def test_bad_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()
