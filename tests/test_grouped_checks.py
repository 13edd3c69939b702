"""What the catalogue of answers cannot show about the checks of lesson 08: how shared heads are read, what is told."""

import itertools

import pytest
import torch
from torch import nn

from gpt2_ref import GroupQueryAttention, MultiHeadSelfAttention
from gpt2_ref.checks import EXERCISES, NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.engine import look_at
from gpt2_ref.checks.grouped_query import TOLD_BY_SIZE, counts, widths
from gpt2_ref.checks.grouped_query_oracle import grouped_attention, shares_of
from gpt2_ref.checks.grouped_roles import find_grouped_roles
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.roles import Unreadable, find_roles, flat, randomise


@pytest.fixture(autouse=True)
def in_float64():
    with no_trace():
        yield


def told(answer) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, "GroupQueryAttention")
    return caught.value


class ReadsAs(GroupQueryAttention):
    """Query head h reads key head keys[h] and value head values[h]."""

    keys = values = None

    def forward(self, x):
        layers = self.query, self.key, self.value
        query, key, value = (layer(x).unflatten(-1, (-1, self.head_size)).transpose(1, 2) for layer in layers)
        key, value = key[:, list(self.keys)], value[:, list(self.values)]
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        weights = (query @ key.mT / self.head_size**0.5).masked_fill(future, -torch.inf).softmax(-1)
        return self.output((weights @ value).transpose(1, 2).flatten(2))


def reading_as(keys, values):
    return type("Answer", (ReadsAs,), {"keys": keys, "values": values})


# Reading the roles

SIZES = [
    (24, 6, 2),
    (24, 6, 3),
    (24, 6, 1),
    (24, 6, 6),
    (20, 4, 2),
    (15, 3, 1),
    (32, 8, 4),
    (4, 4, 2),
    (8, 2, 1),
    (4, 1, 1),
]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_the_oracle_with_the_weights_found_equals_the_module(sizes, bias):
    embed_size, num_heads, num_groups = sizes
    module = GroupQueryAttention(*sizes, bias=bias)
    found = find_grouped_roles(module, module, embed_size)
    assert found.reads_keys == found.reads_values == shares_of(num_heads, num_groups)
    for seed, std in ((1, 0.1), (2, 0.6), (3, 1.5)):
        randomise(module, std, torch.Generator().manual_seed(seed))
        x = torch.randn(2, 7, embed_size)
        weights = found.roles.read(module)
        torch.testing.assert_close(self_attention(x, weights), module(x), rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(grouped_attention(x, weights, num_groups), module(x), rtol=1e-10, atol=1e-10)


def test_every_number_but_the_biases_of_keys_has_a_role():
    module = GroupQueryAttention(24, 6, 2)
    roles = find_grouped_roles(module, module, 24).roles
    used = torch.cat([places.flatten() for places in vars(roles).values()]).unique()
    assert (used >= 0).sum() == len(flat(module)) - 8
    nn.init.ones_(module.key.bias)
    roles.zero_the_rest(module)
    assert not module.key.bias.any()
    assert module.query.bias.all() and module.value.bias.all() and module.output.bias.all()


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        ((0, 0, 0, 1, 1, 1), (0, 0, 0, 1, 1, 1)),
        ((0, 1, 0, 1, 0, 1), (0, 1, 0, 1, 0, 1)),
        ((0, 0, 0, 1, 1, 1), (0, 1, 0, 1, 0, 1)),
        ((0, 1, 1, 1, 0, 0), (0, 0, 0, 1, 1, 1)),
        ((0, 0, 0, 0, 0, 1), (0, 1, 1, 1, 1, 1)),
    ],
)
def test_which_head_reads_which_keys_and_values_is_found(keys, values):
    module = reading_as(keys, values)(24, 6, 2)
    found = find_grouped_roles(module, module, 24)
    assert (found.reads_keys, found.reads_values) == (keys, values)
    x = torch.randn(2, 7, 24)
    torch.testing.assert_close(self_attention(x, found.roles.read(module)), module(x), rtol=1e-10, atol=1e-10)


def test_with_as_many_groups_as_heads_the_weights_are_those_of_full_attention():
    module = MultiHeadSelfAttention(24, 6)
    x = torch.randn(2, 5, 24)
    grouped = find_grouped_roles(module, module, 24).roles.read(module)
    full = find_roles(module, module, 24).read(module)
    torch.testing.assert_close(self_attention(x, grouped), self_attention(x, full), rtol=1e-10, atol=1e-10)


class Squared(GroupQueryAttention):
    def forward(self, x):
        return super().forward(x) ** 2


class OneQueryForTheGroup(GroupQueryAttention):
    def forward(self, x):
        before = self.query.weight.data.clone()
        rows = self.query.weight.data.unflatten(0, (2, 3, 4))
        rows.copy_(rows.mean(1, keepdim=True).expand_as(rows))
        result = super().forward(x)
        self.query.weight.data.copy_(before)
        return result


@pytest.mark.parametrize("wrong", [Squared, OneQueryForTheGroup])
def test_what_is_not_grouped_attention_is_unreadable_or_differs_from_the_oracle(wrong):
    module = wrong(24, 6, 2)
    try:
        weights = find_grouped_roles(module, module, 24).roles.read(module)
    except Unreadable:
        return
    x = torch.randn(2, 5, 24)
    assert not torch.allclose(self_attention(x, weights), module(x))


def test_a_right_answer_is_read_in_float32_too():
    assert look_at(GroupQueryAttention, EXERCISES["GroupQueryAttention"], torch.float32)[1] is None


# What is told


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations([None, *TOLD_BY_SIZE], 2)))
def test_numbers_of_weights_tell_mistakes_apart(one, other):
    assert any(not counts(widths(groups, one)) & counts(widths(groups, other)) for groups in (2, 3))


def test_heads_that_read_in_turn_are_shown():
    wrong = told(grouped_in_turn)
    assert wrong.mistake == "heads-tiled"
    assert "query heads 0 to 5 read key heads [0, 0, 0, 1, 1, 1]" in str(wrong)
    assert "they read [0, 1, 0, 1, 0, 1]" in str(wrong)


def grouped_in_turn(embed_size, num_heads, num_groups):
    reads = tuple(head % num_groups for head in range(num_heads))
    return reading_as(reads, reads)(embed_size, num_heads, num_groups)


def test_full_size_projections_are_told_with_the_sizes_asked_for():
    wrong = told(lambda embed_size, num_heads, num_groups: MultiHeadSelfAttention(embed_size, num_heads))
    assert wrong.mistake == "full-size-projections"
    assert "from 24 to 24, 8 and 8, and from 24 to 24" in str(wrong)
    assert "built     GroupQueryAttention(24, 6, 2)" in str(wrong)


def test_two_mistakes_are_both_named():
    class Answer(GroupQueryAttention):
        def forward(self, x):
            layers = self.query, self.key, self.value
            query, key, value = (layer(x).unflatten(-1, (-1, self.head_size)).transpose(1, 2) for layer in layers)
            share = query.shape[1] // key.shape[1]
            key, value = key.repeat_interleave(share, 1), value.repeat_interleave(share, 1)
            return x + self.output(((query @ key.mT / 2).softmax(-1) @ value).transpose(1, 2).flatten(2))

    title = told(Answer).title
    assert "no causal mask" in title and "the input is added" in title


def test_a_blank_is_not_attempted():
    class Blank(GroupQueryAttention):
        def forward(self, x):
            raise NotImplementedError

    with pytest.raises(NotAttempted):
        examine(Blank, "GroupQueryAttention")


def test_the_answer_may_be_the_reference_without_biases():
    def answer(embed_size, num_heads, num_groups):
        return GroupQueryAttention(embed_size, num_heads, num_groups, bias=False)

    assert isinstance(examine(answer, "GroupQueryAttention"), Passed)
