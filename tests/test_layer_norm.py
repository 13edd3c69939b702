"""GPT2LayerNorm equals torch's layer norm."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt2_ref import GPT2LayerNorm


def with_random_weights(embed_size: int, eps: float = 1e-5) -> GPT2LayerNorm:
    norm = GPT2LayerNorm(embed_size, eps).double()
    for parameter in norm.parameters():
        parameter.data.normal_()
    return norm


@settings(deadline=None, max_examples=40)
@given(
    shape=st.lists(st.integers(1, 5), min_size=0, max_size=3),
    embed_size=st.integers(1, 65),
    spread=st.sampled_from([1e-3, 1.0, 1e3]),
    offset=st.sampled_from([0.0, 10.0]),
    eps=st.sampled_from([1e-12, 1e-5, 0.3]),
)
def test_equals_torch_in_float64(shape, embed_size, spread, offset, eps):
    norm = with_random_weights(embed_size, eps)
    x = offset + spread * torch.randn(*shape, embed_size, dtype=torch.float64)
    expected = F.layer_norm(x, (embed_size,), norm.scale, norm.shift, eps)
    torch.testing.assert_close(norm(x), expected, rtol=1e-10, atol=1e-10)


def test_gradients_equal_torchs():
    norm = with_random_weights(12)
    x = torch.randn(3, 12, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(3, 12, dtype=torch.float64)
    inputs = (x, norm.scale, norm.shift)
    mine = torch.autograd.grad((norm(x) * weights).sum(), inputs)
    expected = torch.autograd.grad((F.layer_norm(x, (12,), norm.scale, norm.shift) * weights).sum(), inputs)
    for gradient, right in zip(mine, expected, strict=True):
        torch.testing.assert_close(gradient, right, rtol=1e-10, atol=1e-10)


def test_a_constant_token_gives_the_shift():
    norm = with_random_weights(8)
    torch.testing.assert_close(norm(torch.full((2, 8), 3.0, dtype=torch.float64)), norm.shift.expand(2, 8))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "embed_size is 0; it must be a whole number of at least 1"),
        ((8.0,), "embed_size is 8.0; it must be a whole number"),
        ((True,), "embed_size is True"),
        ((8, -1e-5), "eps is -1e-05; it must be 0 or more"),
    ],
)
def test_bad_sizes_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        GPT2LayerNorm(*arguments)


@pytest.mark.parametrize("shape", [(2, 7), (), (8, 1)])
def test_bad_input_is_named(shape):
    with pytest.raises(ValueError, match=r"x has shape .*; its last axis must be embed_size = 8"):
        GPT2LayerNorm(8)(torch.zeros(shape))
