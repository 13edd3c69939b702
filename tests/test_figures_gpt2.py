"""The pictures of lesson 04 describe themselves with the true numbers, for right models and wrong ones."""

import io

import pytest
import torch
from torch import nn

from gpt2_ref.figures import gpt2 as pictures
from gpt2_ref.figures.canvas import BLUE, RED
from gpt2_ref.model import GPT2

WORDS = ["dog", "bites", "dog"]
TOKENS = torch.tensor([[4.0, 0.0], [3.0, 1.0], [4.0, 0.0]])
POSITIONS = torch.tensor([[0.0, 1.0], [0.5, 0.0], [0.0, -1.0]])


class Untied(GPT2):
    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.output.weight = nn.Parameter(self.token_embedding.weight.detach().clone())


class OtherNames(nn.Module):
    """Tables as raw parameters, the token's on its side, blocks by torch, and the output without weights."""

    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.a = nn.Parameter(torch.randn(embed_size, vocab_size))
        self.b = nn.Parameter(torch.randn(1, context_size, embed_size))
        self.c = nn.Sequential(
            *(nn.TransformerEncoderLayer(embed_size, num_heads, hidden_size) for _ in range(num_layers)),
            nn.LayerNorm(embed_size),
        )

    def forward(self, ids):
        return self.c(self.a.T[ids] + self.b[:, : ids.shape[1]]) @ self.a


class NeedsMemory(OtherNames):
    """Looks at its numbers while it is built, so that it cannot be built without memory."""

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.scale = 1 / self.a.std().item()


class Lazy(OtherNames):
    """Has one of its parameters only when it was called."""

    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size)
        self.c[-1] = nn.Identity()
        self.norm = nn.ModuleList([nn.LazyLinear(2, bias=False)])

    def forward(self, ids):
        x = self.c(self.a.T[ids] + self.b[:, : ids.shape[1]])
        return (x + 0 * self.norm[0](x).sum()) @ self.a


class TiedWhenCalled(Untied):
    def forward(self, ids):
        self.output.weight = self.token_embedding.weight
        return super().forward(ids)


RIGHT = [GPT2, OtherNames, NeedsMemory, Lazy, TiedWhenCalled]


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def titles(drawing):
    return [panel.get_title(loc="left") for panel in drawing.axes]


# Words and their positions


def test_adding_tells_the_sum_of_each_word_and_its_position():
    drawing = pictures.adding(WORDS, TOKENS, POSITIONS)
    assert drawing.get_label() == (
        "Token vector plus position vector. dog at position 0: 4, 1; bites at position 1: 3.5, 1; dog at position 2: 4, -1."
    )
    assert [text.get_text() for text in drawing.axes[2].texts] == ["4", "1", "3.5", "1", "4", "-1"]
    assert_draws(drawing)


def test_the_same_word_has_the_same_colour_and_another_word_another():
    drawing = pictures.adding(WORDS, TOKENS, POSITIONS)
    first, second, third = (drawing.axes[2].patches[row * 2].get_facecolor() for row in range(3))
    assert first == third != second


@pytest.mark.parametrize(
    ("words", "tokens", "positions"),
    [
        (WORDS[:2], TOKENS, POSITIONS),
        (WORDS, TOKENS, POSITIONS[:2]),
        (WORDS, TOKENS[:, 0], POSITIONS[:, 0]),
    ],
)
def test_adding_refuses_tables_that_do_not_fit(words, tokens, positions):
    with pytest.raises(ValueError, match=f"with {len(words)} words both must be"):
        pictures.adding(words, tokens, positions)


# Where the parameters sit


def test_the_smallest_gpt2_is_counted_to_the_last_parameter():
    drawing = pictures.treemap(GPT2, 768, 12, 12)
    assert drawing.get_label() == (
        "124,439,808 parameters in 12 blocks and two tables: token table 38,597,376 (31.0%), "
        "position table 786,432 (0.6%), attention 28,311,552 (22.8%), feed-forward 56,623,104 (45.5%), "
        "biases and norms 121,344 (0.1%)."
    )
    assert titles(drawing) == ["124,439,808 parameters; the largest part is feed-forward, 45.5%"]
    assert_draws(drawing)


@pytest.mark.parametrize("model", RIGHT)
def test_parts_are_found_whatever_they_are_called(model):
    parts = pictures.count_parts(model, 24, 4, 3, vocab_size=50, context_size=10)
    assert (parts["token table"], parts["position table"]) == (50 * 24, 10 * 24)
    assert (parts["attention"], parts["feed-forward"]) == (3 * 4 * 24**2, 3 * 2 * 24 * 96)
    assert parts["biases and norms"] == 3 * (9 * 24 + 96) + 2 * 24  # four biases, four of norms, one to widen
    whole = model(50, 24, 4, 96, 3, context_size=10)
    whole(torch.zeros(1, 1, dtype=torch.long))
    assert sum(parts.values()) == sum(parameter.numel() for parameter in whole.parameters())


def test_an_untied_model_shows_as_twice_the_token_table():
    parts = pictures.count_parts(Untied, 24, 4, 3, vocab_size=50, context_size=10)
    assert parts["token table"] == 2 * 50 * 24
    assert "token table 77,194,752 (47.3%)" in pictures.treemap(Untied, 768, 12, 12).get_label()


def test_a_model_without_a_position_table_shows_so():
    def model(*sizes, **options):
        return GPT2(*sizes, learned_positions=False, **options)

    drawing = pictures.treemap(model, 24, 4, 3, vocab_size=50, context_size=10)
    assert "position table 0 (0.0%)" in drawing.get_label()
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("sizes", "columns"), [((768, 12, 12), 4), ((1024, 16, 24), 6), ((1600, 25, 48), 8), ((96, 4, 7), 1)]
)
def test_areas_are_true_and_blocks_fill_the_map(sizes, columns):
    drawing = pictures.treemap(GPT2, *sizes)
    parts = pictures.count_parts(GPT2, *sizes)
    drawn = dict.fromkeys(parts, 0.0)
    for patch in drawing.axes[0].patches:
        if patch.get_label() in drawn:
            drawn[patch.get_label()] += patch.get_width() * patch.get_height()
    total = sum(parts.values())
    assert drawn == pytest.approx({name: amount / total for name, amount in parts.items()}, abs=1e-9)
    assert len({text.get_position()[0] for text in drawing.axes[0].texts}) == columns
    assert len(drawing.axes[0].texts) == sizes[2]


def test_shapes_only_takes_no_memory_where_it_can():
    assert all(parameter.is_meta for parameter in pictures.shapes_only(GPT2, 50, 24, 4, 96, 2).parameters())
    assert not any(parameter.is_meta for parameter in pictures.shapes_only(NeedsMemory, 50, 24, 4, 96, 2).parameters())
    assert not any(nn.parameter.is_lazy(p) for p in pictures.shapes_only(Lazy, 50, 24, 4, 96, 2).parameters())


def test_an_error_of_the_model_itself_comes_through():
    with pytest.raises(ValueError, match="num_heads"):
        pictures.shapes_only(GPT2, 50, 24, 5, 96, 2)


# Two models compared


def test_agreement_tells_the_largest_difference_and_marks_the_wrong_one():
    torch.manual_seed(0)
    theirs = torch.tensor([[[-1.0, 2.0], [0.5, 0.25]]])
    far = theirs.clone()
    far[0, 1, 0] += 1.5
    drawing = pictures.agreement(theirs, {"yours": theirs + 1e-6, "spoiled": far})
    assert drawing.get_label() == (
        "4 logits from -1 to 2. yours: largest difference below 0.0001; spoiled: largest difference 1.5."
    )
    assert titles(drawing) == ["yours:\nlargest difference below 0.0001", "spoiled:\nlargest difference 1.5"]
    colors = [panel.collections[0].get_facecolor()[0][:3].tolist() for panel in drawing.axes]
    assert colors == [list(rgb(BLUE)), list(rgb(RED))]
    assert_draws(drawing)


def rgb(color):
    return tuple(int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))


def test_the_drawn_dots_are_the_logits():
    theirs, yours = torch.randn(2, 1, 3, 5)
    drawing = pictures.agreement(theirs, {"yours": yours})
    dots = torch.tensor(drawing.axes[0].collections[0].get_offsets().tolist())
    assert torch.allclose(dots, torch.stack([theirs.flatten(), yours.flatten()], dim=1), atol=1e-6)


def test_logits_that_are_not_numbers_do_not_pass_for_equal():
    theirs = torch.tensor([[[-1.0, 2.0]]])
    drawing = pictures.agreement(theirs, {"yours": theirs * torch.nan})
    assert "yours: largest difference nan" in drawing.get_label()
    assert_draws(drawing)


def test_agreement_refuses_another_shape():
    with pytest.raises(ValueError, match=r"yours: the logits have shape \(1, 2\); it must be \(1, 3\)"):
        pictures.agreement(torch.zeros(1, 3), {"yours": torch.zeros(1, 2)})
