"""The pictures of lesson 02 describe themselves with the true numbers, for right answers and wrong ones."""

import io

import pytest
import torch
from torch import nn

from gpt2_ref.figures import attention as pictures
from gpt2_ref.model.attention import MultiHeadSelfAttention
from gpt2_ref.model.functional import attend, visible

WORDS = ["tom", "has", "red"]


def causal_attention(query, key, value):
    positions = torch.arange(query.shape[-2])
    return attend(query, key, value, visible(positions, positions))


def no_mask(query, key, value):
    return (query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5).softmax(dim=-1) @ value


def strict_mask(query, key, value):
    seen = torch.ones(query.shape[-2], query.shape[-2], dtype=torch.bool).tril(-1)
    return (query @ key.transpose(-2, -1)).masked_fill(~seen, float("-inf")).softmax(dim=-1) @ value


def mask_after(query, key, value):
    return (query @ key.transpose(-2, -1)).softmax(dim=-1).tril() @ value


@pytest.fixture
def query():
    """The last of three words asks for what the first has: its scores are 2, 0, 0."""
    query = torch.zeros(1, 1, 3, 4)
    query[..., 2, 0] = 4
    return query


@pytest.fixture
def key():
    key = torch.zeros(1, 1, 3, 4)
    key[..., 0, 0] = 1
    return key


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def test_weights_are_read_off_whatever_the_sequence_and_head_size():
    torch.manual_seed(0)
    for length, size in ((1, 4), (3, 4), (4, 4), (9, 4), (5, 1)):
        query, key = torch.randn(2, 2, 3, length, size, dtype=torch.float64)
        scores = query @ key.transpose(-2, -1) / size**0.5
        later = torch.ones(length, length, dtype=torch.bool).triu(1)
        expected = scores.masked_fill(later, float("-inf")).softmax(dim=-1)
        assert torch.allclose(pictures.weights_of(causal_attention, query, key), expected, rtol=0, atol=1e-12)


def test_who_sees_whom_tells_the_strongest_of_each_row(query, key):
    drawing = pictures.who_sees_whom(causal_attention, query, key, WORDS)
    # e^2 / (e^2 + 2) = 0.787
    assert drawing.get_label() == (
        "Who sees whom: no word sees a later one. "
        "Strongest in each row: tom: tom 1; has: 2 words evenly 0.5; red: tom 0.787."
    )
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("attention", "verdict"),
    [
        (no_mask, "3 of 3 later words are seen"),
        (strict_mask, "1 of 3 rows are not a number"),
        (mask_after, "2 of 3 rows do not sum to 1"),
    ],
)
def test_a_wrong_attention_shows(attention, verdict, query, key):
    drawing = pictures.who_sees_whom(attention, query, key, WORDS)
    assert verdict in drawing.get_label()
    assert verdict in drawing.axes[0].get_title(loc="left")
    assert_draws(drawing)


def test_one_query_gives_the_weights_of_its_row(query, key):
    drawing = pictures.one_query(causal_attention, query, key, WORDS, asking=1)
    assert drawing.get_label() == (
        "'has' (position 1) asks. Weights: tom 0.5, has 0.5, red 0. Words that come later: 1, with 0 of the weight."
    )
    leaking = pictures.one_query(no_mask, query, key, WORDS, asking=1)
    assert "Words that come later: 1, with 0.333 of the weight" in leaking.get_label()
    assert_draws(drawing)
    assert_draws(pictures.one_query(strict_mask, query, key, WORDS, asking=0))


@pytest.mark.parametrize("asking", [-1, 3])
def test_one_query_refuses_a_position_that_is_not_there(asking, query, key):
    with pytest.raises(IndexError, match=f"asking is {asking}; it must be a position from 0 to 2"):
        pictures.one_query(causal_attention, query, key, WORDS, asking)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (lambda query, key, value: None, TypeError, "returned NoneType"),
        (lambda query, key, value: value[0], ValueError, r"shape \(1, 3, 4\); it must be \(1, 1, 3, 4\)"),
    ],
)
def test_an_answer_that_cannot_be_drawn_is_named(answer, error, text, query, key):
    with pytest.raises(error, match=text):
        pictures.who_sees_whom(answer, query, key, WORDS)


def test_inputs_that_do_not_fit_are_named(query, key):
    with pytest.raises(ValueError, match="there are 2 words for 3 x 3 numbers"):
        pictures.who_sees_whom(causal_attention, query, key, WORDS[:2])
    with pytest.raises(ValueError, match="2 heads"):
        pictures.who_sees_whom(causal_attention, query.repeat(1, 2, 1, 1), key.repeat(1, 2, 1, 1), WORDS)
    with pytest.raises(ValueError, match=r"query has shape \(3, 4\)"):
        pictures.weights_of(causal_attention, query[0, 0], key)
    with pytest.raises(ValueError, match="wanted is 'cat'"):
        pictures.gathered(WORDS, {"average": torch.ones(3) / 3}, wanted="cat")
    with pytest.raises(ValueError, match="there are 3 words for 2 numbers"):
        pictures.gathered(WORDS, {"average": torch.ones(2) / 2, "choice": torch.ones(2) / 2}, wanted="tom")
    with pytest.raises(ValueError, match=r"x has shape \(3, 4\)"):
        pictures.reach(nn.Identity(), torch.zeros(3, 4), WORDS)
    with pytest.raises(ValueError, match="holds a number twice"):
        pictures.split_heads(torch.zeros(3, 4), torch.zeros(2, 3, 2), torch.zeros(2, 3, 2))
    with pytest.raises(ValueError, match=r"bare has shape \(3, 2, 2\); it must be .* = \(2, 3, 2\)"):
        pictures.split_heads(torch.arange(12).view(3, 4), torch.zeros(2, 3, 2), torch.zeros(3, 2, 2))


def test_gathered_tells_the_share_of_the_wanted_word():
    average, choice = torch.full((3,), 1 / 3), torch.tensor([0.0, 4.0, 0.0]).softmax(0)
    drawing = pictures.gathered(WORDS, {"average": average, "choice": choice}, wanted="has")
    assert drawing.get_label() == "Share of 'has' in what arrives at 'red'. average: 0.333; choice: 0.965."
    assert_draws(drawing)


def test_masking_tells_the_masked_pairs_and_the_weights():
    scores = torch.tensor([[0.0, 9, 9], [0, 0, 9], [2, 0, 0]])
    masked = scores.masked_fill(torch.ones(3, 3, dtype=torch.bool).triu(1), float("-inf"))
    drawing = pictures.masking(WORDS, scores, masked, masked.softmax(dim=-1))
    assert drawing.get_label() == (
        "3 of 9 scores become minus infinity. Weights: tom 1, 0, 0; has 0.5, 0.5, 0; red 0.787, 0.107, 0.107."
    )
    assert_draws(drawing)


def test_split_heads_counts_the_rows_that_hold_another_tokens_numbers():
    x = torch.arange(12).view(3, 4)
    split, bare = x.view(3, 2, 2).transpose(0, 1), x.view(2, 3, 2)
    drawing = pictures.split_heads(x, split, bare)
    assert "0 of 6 with view then transpose, 4 of 6 with a bare view" in drawing.get_label()
    assert "6 of 6 with a bare view" in pictures.split_heads(x, split, split.flip(0).roll(1, 1)).get_label()
    assert_draws(drawing)


class NaNFirst(nn.Module):
    """The first token's output is nan, the others are moved by every token."""

    def forward(self, x):
        output = x + x.sum(dim=1, keepdim=True)
        output[:, 0] = float("nan")
        return output


@pytest.mark.parametrize(
    ("module", "title", "moving"),
    [
        (MultiHeadSelfAttention(4, 2), "A token is changed: no earlier output moves", 6),
        (
            MultiHeadSelfAttention(4, 2, rule=lambda distance: distance > -9),
            "A token is changed: 3 earlier outputs move",
            6,
        ),
        (nn.Linear(4, 4), "No earlier output moves; 3 of the 6 that should move do not", 3),
        (lambda x: x.flip(1), "1 earlier output moves; 4 of the 6 that should move do not", 2),
        (lambda x: x.roll(-1, 1), "2 earlier outputs move; 5 of the 6 that should move do not", 1),
        (lambda x: x * float("nan"), "No earlier output moves; 9 of 9 are nan", 0),
        (NaNFirst(), "1 earlier output moves; 3 of 9 are nan", 5),
    ],
)
def test_reach_tells_who_moves(module, title, moving):
    torch.manual_seed(0)
    x = torch.randn(1, 3, 4)
    before = x.clone()
    drawing = pictures.reach(module, x, WORDS)
    assert drawing.axes[0].get_title(loc="left") == title
    verdict = title.removeprefix("A token is changed: ")
    assert drawing.get_label() == (
        f"A token is changed: {verdict[0].lower()}{verdict[1:]}. "
        f"Of the 6 outputs at or after the changed token, {moving} move."
    )
    assert torch.equal(x, before)
    assert_draws(drawing)


def test_nan_is_written_in_red_and_not_framed():
    drawing = pictures.reach(NaNFirst(), torch.randn(1, 3, 4), WORDS)
    axes = drawing.axes[0]
    assert [text.get_color() for text in axes.texts if text.get_text() == "nan"] == [pictures.RED] * 3
    assert len(axes.patches) == 1  # the one earlier output that moves


def test_lines_tell_their_ends():
    drawing = pictures.score_size([4, 16], {"scores": [0.53, 0.74], "scores / root": [0.34, 0.35]})
    assert "scores: 0.53 at head size 4, 0.74 at 16" in drawing.get_label()
    assert_draws(drawing)
    drawing = pictures.work([128, 512], [100, 400], [10, 160])
    assert drawing.get_label() == ("From 128 to 512 tokens the projections grow 4 times, the pairs of tokens 16 times.")
    assert_draws(drawing)
