"""What the catalogue of answers cannot show about the checks of lesson 07: what a learner is told, and what is left."""

import pytest
import torch
from torch import nn

from gpt2_ref import SlidingWindowAttention
from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.named_by_guess import Likely
from gpt2_ref.checks.roles import find_roles, randomise
from gpt2_ref.checks.sliding_window_oracle import WINDOW_MISTAKES, in_window, positions, windowed


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def mask_where(rule):
    """An answer whose mask is True where rule(distance, window_size) holds."""

    def sliding_window_mask(length, window_size):
        place = torch.arange(length)
        return rule(place[:, None] - place, window_size)

    return sliding_window_mask


def attention_where(rule):
    """A right SlidingWindowAttention but for its mask."""

    class Answer(nn.Module):
        def __init__(self, embed_size, num_heads, window_size):
            super().__init__()
            self.num_heads, self.window_size = num_heads, window_size
            self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))

        def forward(self, x):
            layers = self.query, self.key, self.value
            query, key, value = (f(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for f in layers)
            place = torch.arange(x.shape[1])
            seen = rule(place[:, None] - place, self.window_size)
            scores = query @ key.mT / query.shape[-1] ** 0.5
            mixed = scores.masked_fill(~seen, -torch.inf).softmax(-1) @ value
            return self.output(mixed.transpose(1, 2).flatten(2))

    return Answer


def right(distance, window):
    return (distance >= 0) & (distance < window)


# The oracle


@pytest.mark.parametrize("window", [1, 2, 5, 20])
def test_the_oracle_equals_the_reference(window):
    with no_trace():
        module = SlidingWindowAttention(24, 6, window)
        wide = SlidingWindowAttention(24, 6, 8)
        roles = find_roles(wide, wide, 24)
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        x = torch.randn(2, 9, 24)
        torch.testing.assert_close(windowed(x, roles.read(module), window), module(x), rtol=1e-10, atol=1e-10)


def test_a_window_as_long_as_the_text_is_full_attention():
    with no_trace():
        module = SlidingWindowAttention(24, 6, 9)
        weights = find_roles(module, module, 24).read(module)
        x = torch.randn(2, 9, 24)
        torch.testing.assert_close(windowed(x, weights, 9), self_attention(x, weights))


def test_each_wrong_rule_hides_other_pairs_than_the_right_one_in_some_of_the_sizes_tried():
    sizes = [(length, window) for length in (7, 9, 17) for window in (1, 2, 3, 4, 5)]
    for mistake in WINDOW_MISTAKES:
        for rule in {choices["seen"] for choices in mistake.variants if choices.keys() == {"seen"}}:
            masks = [(rule(*positions(n), w, 6), in_window(*positions(n), w)) for n, w in sizes]
            assert any(not torch.equal(wrong, good) for wrong, good in masks), mistake.slug


def test_two_mistakes_are_tried_together_where_one_of_them_is_frequent():
    likely = Likely(WINDOW_MISTAKES)
    by_slug = {mistake.slug: mistake.variants[0] for mistake in WINDOW_MISTAKES if mistake.variants}
    assert likely({}) and all(likely(choices) for choices in by_slug.values())
    assert likely({**by_slug["window-plus-one"], **by_slug["scale-missing"]})
    assert not likely({**by_slug["window-plus-one"], **by_slug["softmax-missing"]})


# What is told


def test_a_wrong_mask_is_shown_beside_the_right_one():
    text = str(told(mask_where(lambda distance, window: (distance >= 0) & (distance <= window)), "sliding_window_mask"))
    assert "length 7, window_size 3" in text
    assert "■ ■ ■ ■ · · ·    · ■ ■ ■ · · ·" in text
    assert "token 3 sees token 0, which is 3 tokens back" in text


def test_a_wrong_attention_is_told_by_what_its_tokens_see():
    wrong = told(attention_where(lambda distance, window: distance.abs() < window), "SlidingWindowAttention")
    assert wrong.mistake == "symmetric-window"
    text = str(wrong)
    assert "■ ■ ■ · · · ·    ■ · · · · · ·" in text
    assert "does token j move the result of token i?" in text
    assert "token 1 comes after token 0" in text


def test_two_mistakes_are_both_named():
    class Answer(attention_where(lambda distance, window: (distance >= 0) & (distance <= window))):
        def forward(self, x):
            return x + super().forward(x)

    wrong = told(Answer, "SlidingWindowAttention")
    assert "one token too wide and the input is added" in wrong.title


def test_a_symmetric_window_is_told_even_where_odd_windows_are_right():
    wrong = told(mask_where(lambda d, w: right(d, w) if w % 2 else d.abs() < w), "sliding_window_mask")
    assert "length 8, window_size 4" in str(wrong)


def sliding_window_mask(length, window_size):
    return torch.ones(length, length, dtype=torch.bool).tril().triu(-window_size)


class UsesTheMaskAbove(attention_where(right)):
    def forward(self, x):
        layers = self.query, self.key, self.value
        query, key, value = (f(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for f in layers)
        scores = query @ key.mT / query.shape[-1] ** 0.5
        weights = scores.masked_fill(~sliding_window_mask(x.shape[1], self.window_size), -torch.inf).softmax(-1)
        return self.output((weights @ value).transpose(1, 2).flatten(2))


def test_a_wrong_mask_of_the_exercise_before_is_told_as_such():
    wrong = told(UsesTheMaskAbove, "SlidingWindowAttention")
    assert wrong.mistake == "window-plus-one"
    assert "the sliding_window_mask that it uses is not right" in wrong.title


def test_wrong_sizes_are_told_with_the_window():
    class Answer(attention_where(right)):
        def __init__(self, *sizes):
            super().__init__(*sizes)
            self.output = nn.Linear(sizes[0], sizes[0] * 2)

        def forward(self, x):
            return super().forward(x)[..., : x.shape[-1]]

    assert "SlidingWindowAttention(24, 6, 3)" in str(told(Answer, "SlidingWindowAttention"))


# Blanks, and what is left behind


def test_blanks_are_not_attempted():
    def blank(length, window_size):
        raise NotImplementedError

    def empty(length, window_size): ...

    class Half(attention_where(right)):
        def forward(self, x):
            raise NotImplementedError

    for answer in (blank, empty):
        with pytest.raises(NotAttempted):
            examine(answer, "sliding_window_mask")
    with pytest.raises(NotAttempted):
        examine(Half, "SlidingWindowAttention")


def test_masks_kept_by_the_answer_are_as_before():
    class Answer(attention_where(right)):
        def forward(self, x):
            self.kept[x.shape[1], self.window_size] = torch.ones(1)
            return super().forward(x)

    Answer.kept = {(2, 1): torch.eye(2)}
    assert isinstance(examine(Answer, "SlidingWindowAttention"), Passed)
    assert list(Answer.kept) == [(2, 1)]
