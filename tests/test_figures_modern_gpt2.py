"""The pictures of lesson 10 describe themselves with the true numbers, for right answers and wrong ones."""

import io

import pytest
import torch
from torch import nn

from gpt2_ref.figures import modern_gpt2 as pictures
from gpt2_ref.model import GroupQueryAttention, MultiHeadSelfAttention, SlidingWindowAttention, TransformerBlock

WORDS = ["tom", "has", "a", "red", "kite"]


class Silent(nn.Module):
    def forward(self, x):
        return 0 * x


class SeesLater(nn.Module):
    """A wrong attention: every token gets the mean of all."""

    def forward(self, x):
        return x.mean(dim=1, keepdim=True).expand_as(x)


def around(attention):
    torch.manual_seed(0)
    return TransformerBlock(8, 16, attention)


@pytest.fixture
def x():
    return torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(1))


def titles(drawing):
    return [axes.get_title(loc="left") for axes in drawing.axes]


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def test_seen_through_counts_the_pairs_of_every_attention(x):
    before = x.clone()
    attentions = {
        "none": Silent(),
        "full": MultiHeadSelfAttention(8, 2),
        "window of 2": SlidingWindowAttention(8, 2, 2),
        "one group": GroupQueryAttention(8, 2, 1),
    }
    drawing = pictures.seen_through({name: around(part) for name, part in attentions.items()}, x, WORDS)
    assert drawing.get_label() == (
        "Pairs of a row and a word that moves it. none: 5 pairs; full: 15 pairs; window of 2: 9 pairs; "
        "one group: 15 pairs."
    )
    assert titles(drawing)[2] == "window of 2:\n9 pairs"
    filled = [int((~torch.as_tensor(axes.images[0].get_array().mask)).sum()) for axes in drawing.axes]
    assert filled == [5, 15, 9, 15]
    assert not any(axes.patches for axes in drawing.axes)
    assert torch.equal(x, before)
    assert_draws(drawing)


def test_seen_through_frames_later_words(x):
    block = around(SeesLater())
    drawing = pictures.seen_through({"all": block, "not a number": lambda x: block(x) * float("nan")}, x, WORDS)
    assert titles(drawing) == [
        "all:\n25 pairs, 10 of later words",
        "not a number:\n25 pairs, 10 of later words",
    ]
    assert [len(axes.patches) for axes in drawing.axes] == [10, 10]
    assert_draws(drawing)


def test_seen_through_refuses_what_it_cannot_draw(x):
    block = around(Silent())
    with pytest.raises(ValueError, match=r"x has shape \(5, 8\)"):
        pictures.seen_through({"block": block}, x[0], WORDS)
    with pytest.raises(ValueError, match="there are 4 words for 5 numbers"):
        pictures.seen_through({"block": block}, x, WORDS[:4])
    with pytest.raises(TypeError, match="the block returned NoneType"):
        pictures.seen_through({"block": lambda x: None}, x, WORDS)


def test_prices_tell_every_number():
    variants = {"GPT-2": (124_439_808, 73_728, 1_207_959_552), "window": (124_439_808, 73_728, 75_497_472)}
    drawing = pictures.prices(variants, 16_384)
    assert drawing.get_label() == (
        "Parameters, and the cache of a text of 16,384 tokens. "
        "GPT-2: 124,439,808 parameters, 73.7 kB a token, 1.21 GB for the text; "
        "window: 124,439,808 parameters, 73.7 kB a token, 75.5 MB for the text."
    )
    widths = [[patch.get_width() for patch in axes.patches] for axes in drawing.axes]
    assert widths == [list(column) for column in zip(*variants.values(), strict=True)]
    assert [
        patch.get_facecolor()[:3] == drawing.axes[2].patches[0].get_facecolor()[:3] for patch in drawing.axes[2].patches
    ] == [True, False]
    assert [text.get_text() for text in drawing.axes[0].texts] == [" 124.4 million"] * 2
    assert_draws(drawing)


def test_times_tell_every_number():
    drawing = pictures.times({"GPT-2": (207.4, 0.531), "rotary": (9.96, 0.72)}, 4096)
    assert drawing.get_label() == (
        "Milliseconds for a text of 4,096 tokens. GPT-2: 207 to read, 0.53 for one more; "
        "rotary: 9.96 to read, 0.72 for one more."
    )
    assert titles(drawing) == ["ms to read 4,096 tokens", "ms for one more token"]
    assert_draws(drawing)
    with pytest.raises(ValueError, match="rotary: 1 numbers for 2 panels"):
        pictures.times({"GPT-2": (1.0, 2.0), "rotary": (1.0,)}, 8)


def in_window(tokens):
    return 100_000 * min(tokens, 1024)


def test_a_choice_beside_gpt2():
    caches = (lambda tokens: 73_728 * tokens, in_window)
    drawing = pictures.choice("window", (124_439_808, 113_022_720), caches, (1024, None))
    assert drawing.get_label() == (
        "window: 113,022,720 parameters, GPT-2 124,439,808. GPT-2: cache of 75.5 MB at 1,024, the last tokens; "
        "this: cache of 102 MB at 16,384 tokens."
    )
    left, right = drawing.axes
    assert [patch.get_width() for patch in left.patches] == [124_439_808, 113_022_720]
    gpt2, cross, this = right.lines
    assert list(gpt2.get_xdata()) == [64, 128, 256, 512, 1024]
    assert (list(cross.get_xdata()), list(cross.get_ydata())) == ([1024], [75_497_472])
    assert list(this.get_xdata())[-1] == 16_384
    assert list(this.get_ydata()) == [in_window(tokens) for tokens in this.get_xdata()]
    assert_draws(drawing)


def test_a_choice_without_any_order_is_said_in_red():
    caches = (in_window, in_window)
    drawing = pictures.choice("nothing", (10, 10), caches, (1024, 100), knows_order=False)
    assert drawing.get_label().startswith("nothing: nothing tells it the order of the tokens: 10 parameters")
    assert "this: cache of 10 MB at 100, the last tokens" in drawing.get_label()
    assert drawing.get_suptitle() == "nothing:\nnothing tells it the order of the tokens"
    assert list(drawing.axes[1].lines[2].get_xdata()) == [64, 100]
    assert_draws(drawing)


def test_agreement_names_the_largest_difference():
    theirs = torch.linspace(-1, 1, 6, dtype=torch.float64).view(1, 2, 3)
    off = theirs.clone()
    off[0, 1, 0] += 0.5
    undefined = theirs.clone()
    undefined[0, 0, 0] = float("nan")
    drawing = pictures.agreement(theirs, {"ours": theirs.float() + 1e-6, "off": off, "undefined": undefined})
    assert drawing.get_label() == "6 results; largest difference, ours: below 0.00001; off: 0.5; undefined: inf."
    assert titles(drawing) == ["ours:\nthe same", "off:\noff by 0.5", "undefined:\noff by inf"]
    assert [len(axes.collections[0].get_offsets()) for axes in drawing.axes] == [6, 6, 6]
    assert_draws(drawing)
    with pytest.raises(ValueError, match=r"short returned shape \(1, 2, 2\); it must be \(1, 2, 3\)"):
        pictures.agreement(theirs, {"short": theirs[..., :2]})
