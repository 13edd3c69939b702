"""The roles of a module's parameters are found by what each number does."""

import pytest
import torch
from torch import nn

from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.roles import Unreadable, find_roles, flat, randomise
from gpt2_ref.model import MultiHeadSelfAttention


@pytest.fixture(autouse=True)
def in_float64():
    with no_trace():
        yield


@pytest.mark.parametrize(("embed_size", "num_heads"), [(24, 6), (20, 2), (6, 1), (4, 4), (32, 4)])
@pytest.mark.parametrize("bias", [True, False])
def test_the_oracle_with_the_weights_found_equals_the_module(embed_size, num_heads, bias):
    module = MultiHeadSelfAttention(embed_size, num_heads, bias=bias)
    roles = find_roles(module, module, embed_size)
    assert roles.query.shape == (num_heads, embed_size // num_heads, embed_size + 1)
    for seed, std in ((1, 0.1), (2, 0.6), (3, 1.5)):
        randomise(module, std, torch.Generator().manual_seed(seed))
        x = torch.randn(2, 7, embed_size)
        torch.testing.assert_close(self_attention(x, roles.read(module)), module(x), rtol=1e-10, atol=1e-10)


def test_every_number_but_the_biases_of_keys_has_a_role():
    module = MultiHeadSelfAttention(24, 6)
    roles = find_roles(module, module, 24)
    used = torch.cat([places.flatten() for places in vars(roles).values()])
    used = used[used >= 0]
    assert len(used) == len(used.unique()) == len(flat(module)) - 24
    nn.init.ones_(module.key.bias)
    roles.zero_the_rest(module)
    assert not module.key.bias.any()
    assert module.query.bias.all() and module.value.bias.all() and module.output.bias.all()


class NoScores(MultiHeadSelfAttention):
    def forward(self, x):
        return self.output(self.value(x)) + 0 * (self.query(x) + self.key(x))


class TwoOutputs(MultiHeadSelfAttention):
    def forward(self, x):
        return super().forward(x) + self.output(x)


class SquaredValues(MultiHeadSelfAttention):
    def forward(self, x):
        return super().forward(x) ** 2


@pytest.mark.parametrize("wrong", [NoScores, TwoOutputs, SquaredValues])
def test_what_is_not_attention_is_unreadable_or_differs_from_the_oracle(wrong):
    module = wrong(24, 6)
    try:
        weights = find_roles(module, module, 24).read(module)
    except Unreadable:
        return
    x = torch.randn(2, 5, 24)
    assert not torch.allclose(self_attention(x, weights), module(x))
