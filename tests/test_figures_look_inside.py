"""The pictures of lesson 12 draw the numbers that they are given and describe themselves with them."""

import io
import math

import pytest
import torch

from gpt2_ref.figures import look_inside as pictures
from gpt2_ref.figures.canvas import GREEN, GREY, INK, ORANGE

TOKENS = ["def", " f", "():\n   ", " 1"]


@pytest.fixture
def patterns():
    """2 layers of 3 heads over 4 tokens: all spread evenly, but (1, 0) looks one back and (0, 2) at the first."""
    even = torch.ones(4, 4).tril()
    patterns = (even / even.sum(-1, keepdim=True)).repeat(2, 3, 1, 1)
    patterns[1, 0] = torch.eye(4).roll(-1, 1)
    patterns[1, 0, 0] = torch.tensor([1.0, 0, 0, 0])
    patterns[0, 2] = torch.tensor([1.0, 0, 0, 0])
    return patterns


@pytest.fixture
def scores():
    return torch.tensor([[0.1, 0.2], [0.05, 0.9], [0.0, -0.001]])


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def image(axes):
    return torch.tensor(axes.images[0].get_array().filled(math.nan))


def texts(axes):
    return [text.get_text() for text in axes.texts]


# Patterns


def test_every_head_draws_each_pattern_in_its_place(patterns):
    drawing = pictures.every_head(patterns)
    assert len(drawing.axes) == 6
    for place, axes in enumerate(drawing.axes):
        head, layer = divmod(place, 2)
        assert torch.equal(image(axes), patterns[layer, head].double())
    # Evenly: 1/2, 1/3 and 1/4 on itself, a mean of 13/36.
    assert drawing.get_label() == (
        "The patterns of 2 layers of 3 heads over 4 tokens. Most attention, as a mean, on itself: layer 0, head 0 with "
        "0.36; the token before: layer 1, head 0 with 1.00; the first token: layer 0, head 2 with 1.00."
    )
    assert_draws(drawing)


def test_one_query_tells_where_it_looks(patterns):
    drawing = pictures.one_query(patterns, TOKENS, 1, 0, 3)
    assert drawing.get_label().startswith("Layer 1, head 0: token 3, “·1”, looks at “():↵···” (token 2) 1.000, ")
    assert torch.equal(image(drawing.axes[0]), patterns[1, 0].double())
    first = pictures.one_query(patterns, TOKENS, 1, 0, 0)
    assert first.get_label() == "Layer 1, head 0: token 0, “def”, looks at “def” (token 0) 1.000."
    assert_draws(drawing)
    assert_draws(first)


def test_the_text_stands_in_its_lines_and_its_shades_are_the_weights(patterns):
    right = pictures.one_query(patterns, TOKENS, 0, 2, 1).axes[1]
    assert texts(right) == ["def", " f", "():", "↵", "   ", " 1"]
    corners = [(patch.get_x(), patch.get_y(), patch.get_width()) for patch in right.patches]
    assert corners == [(0, 0, 3), (3, 0, 2), (5, 0, 3), (8, 0, 1), (0, 1, 3), (3, 1, 2)]
    dark, framed, *later = right.patches
    assert sum(dark.get_facecolor()[:3]) < sum(framed.get_facecolor()[:3])
    assert framed.get_edgecolor()[:3] == pytest.approx(tuple(int(ORANGE[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    assert {patch.get_facecolor() for patch in later} == {later[0].get_facecolor()}
    assert [text.get_color() for text in right.texts] == ["white", INK, *[GREY] * 4]


@pytest.mark.parametrize(
    ("place", "text"), [((2, 0, 0), "layer is 2"), ((0, 3, 0), "head is 3"), ((0, 0, -1), "query")]
)
def test_a_place_that_is_not_there_is_refused(place, text, patterns):
    with pytest.raises(IndexError, match=text):
        pictures.one_query(patterns, TOKENS, *place)


def test_patterns_that_are_none_are_refused(patterns):
    with pytest.raises(ValueError, match="rows that do not add up to 1"):
        pictures.every_head(patterns * 0.9)
    with pytest.raises(ValueError, match=r"patterns has shape \(3, 4, 4\)"):
        pictures.every_head(patterns[0])
    with pytest.raises(ValueError, match="there are 3 tokens for patterns of 4"):
        pictures.one_query(patterns, TOKENS[:3], 0, 0, 0)


@pytest.mark.parametrize("text", ["cost $1 or $2", "a_b^c", "\x13\ufffd\u4e2d", "\t"])
def test_any_token_can_be_drawn(text, patterns, recwarn):
    assert_draws(pictures.one_query(patterns, [text, "\n", " $", text], 0, 0, 3))
    assert_draws(pictures.lens(torch.randn(2, 4, 5), [text] * 4, torch.arange(4), lambda _: text))
    assert not recwarn


# One number for each head


def test_a_head_map_names_the_highest(scores):
    drawing = pictures.head_map(scores, "Score")
    assert drawing.get_label() == (
        "Score, for 6 heads. The highest is layer 1, head 1: 0.90. All lie from 0.00 to 0.90, with a mean of 0.21."
    )
    axes = drawing.axes[0]
    assert torch.equal(image(axes), scores.double().T)
    assert texts(axes) == ["0.10", "0.05", "0.00", "0.20", "0.90", "0.00"]
    [frame] = axes.patches
    assert (frame.get_x() + 0.47, frame.get_y() + 0.46) == pytest.approx((1, 1))
    assert_draws(drawing)


def test_a_head_map_of_what_falls_names_the_lowest_and_leaves_out_what_was_not_measured():
    left = torch.tensor([[0.8, 0.3], [math.nan, math.nan]])
    drawing = pictures.head_map(left, "Score without it", baseline=0.9, lowest=True)
    assert drawing.get_label() == (
        "Score without it, for 2 heads. The lowest is layer 0, head 1: 0.30. "
        "All lie from 0.30 to 0.80, with a mean of 0.55."
    )
    assert image(drawing.axes[0])[:, 0].tolist() == pytest.approx([0.1, 0.6])
    assert texts(drawing.axes[0]) == ["0.80", "", "0.30", ""]
    assert_draws(drawing)


def test_a_head_map_of_nothing_is_refused():
    with pytest.raises(ValueError, match="with a number in it"):
        pictures.head_map(torch.full((2, 2), math.nan), "Score")
    with pytest.raises(ValueError, match=r"values has shape \(4,\)"):
        pictures.head_map(torch.zeros(4), "Score")


def test_the_extreme_and_the_top_are_layer_and_head(scores):
    assert pictures.extreme(scores) == (1, 1)
    assert pictures.extreme(scores, lowest=True) == (2, 1)
    assert pictures.top_heads(scores, 3) == [(1, 1), (0, 1), (0, 0)]
    scores[1, 1] = scores[2, 1] = math.nan
    assert pictures.extreme(scores) == (0, 1)
    assert pictures.extreme(scores, lowest=True) == (2, 0)


def test_score_and_worth_says_whether_the_two_agree(scores):
    drawing = pictures.score_and_worth(scores, scores * 2)
    assert drawing.get_label() == (
        "Induction score and loss added without the head, for 6 heads. layer 1, head 1: score 0.90, loss added 1.80; "
        "layer 0, head 1: score 0.20, loss added 0.40."
    )
    assert drawing.axes[0].get_title(loc="left") == "The highest score also costs the most"
    dots = drawing.axes[0].collections[0].get_offsets()
    assert dots[:, 1].tolist() == pytest.approx((2 * scores).flatten().tolist())
    other = pictures.score_and_worth(scores, -scores)
    assert other.axes[0].get_title(loc="left") == "The highest score does not cost the most"
    with pytest.raises(ValueError, match=r"shapes \(3, 2\) and \(2,\)"):
        pictures.score_and_worth(scores, scores[0])
    assert_draws(drawing)


# Losses, lens, ranks, bars


def test_two_passes_tells_both_means():
    losses = torch.tensor([9.0, 7.0, 100.0, 2.0, 1.0])  # of tokens 1 to 5, period 3: token 3 is not counted
    drawing = pictures.two_passes({"all": losses, "without": losses + 1}, period=3)
    assert drawing.get_label() == (
        "Mean loss. all: 8.00 in the first pass, 1.50 in the repetition; "
        "without: 9.00 in the first pass, 2.50 in the repetition."
    )
    line = drawing.axes[0].lines[0]
    assert line.get_xdata().tolist() == [1, 2, 3, 4, 5]
    assert line.get_ydata().tolist() == losses.tolist()
    assert_draws(drawing)
    with pytest.raises(ValueError, match=r"all has shape \(5,\); it must be one row of more than 5 losses"):
        pictures.two_passes({"all": losses}, period=5)


def test_the_lens_names_the_likeliest_and_frames_the_right_ones():
    logits = torch.zeros(3, 2, 3)
    logits[0, :, 0] = logits[1, 0, 1] = logits[1, 1, 2] = logits[2, :, 1] = math.log(8)
    drawing = pictures.lens(logits, ["a", " b"], torch.tensor([1, 2]), lambda token: ["x", " y", "z\n"][token])
    assert drawing.get_label() == (
        "Of 2 next tokens, named by the lens: 0 after 0, 2 after 1, 1 after 2 blocks. "
        "At the end: after “a” “·y” 0.80; after “·b” “·y” 0.80."
    )
    axes = drawing.axes[0]
    assert texts(axes)[:4] == ["x", "0.80", "x", "0.80"]
    assert texts(axes)[6] == "z↵"
    frames = [(round(patch.get_x() + 0.47), round(patch.get_y() + 0.46)) for patch in axes.patches]
    assert frames == [(0, 1), (1, 1), (0, 2)]
    assert {patch.get_edgecolor()[:3] for patch in axes.patches} == {
        tuple(int(GREEN[i : i + 2], 16) / 255 for i in (1, 3, 5))
    }
    assert image(axes)[:, 0].tolist() == pytest.approx([0.8, 0.8, 0.8])
    with pytest.raises(ValueError, match="with 1 tokens and 2 targets"):
        pictures.lens(logits, ["a"], torch.tensor([1, 2]), str)
    assert_draws(drawing)


def test_ranks_tell_every_step():
    drawing = pictures.ranks_by_layer({"all": torch.tensor([1500.0, 37.5, 1.0]), "names": torch.tensor([2, 2, 3])})
    assert drawing.get_label() == (
        "Rank of the right token after each number of blocks. all: 1,500, 37.5, 1; names: 2, 2, 3."
    )
    axes = drawing.axes[0]
    assert list(axes.lines[0].get_ydata()) == [1500, 37.5, 1]
    bottom, top = axes.get_ylim()
    assert bottom > 1500 > 1 > top
    assert_draws(drawing)
    with pytest.raises(ValueError, match="ranks count from 1"):
        pictures.ranks_by_layer({"all": torch.tensor([0, 1])})


def test_token_bars_tell_every_number():
    drawing = pictures.token_bars(
        ["or", "b"], {"first": torch.tensor([0.1, 0.2]), "second": torch.tensor([0.9, 0.5])}, "share"
    )
    assert drawing.get_label() == "Share. first: or 0.10, b 0.20; second: or 0.90, b 0.50. Means: 0.15, 0.70."
    assert [bar.get_height() for bar in drawing.axes[0].patches] == pytest.approx([0.1, 0.2, 0.9, 0.5])
    assert_draws(drawing)
    with pytest.raises(ValueError, match=r"first has shape \(3,\); with 2 labels it is \(2,\)"):
        pictures.token_bars(["or", "b"], {"first": torch.zeros(3)}, "share")
