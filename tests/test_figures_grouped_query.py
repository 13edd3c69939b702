"""The pictures of lesson 08 describe themselves with the true numbers, for right answers and wrong ones."""

import io

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.figures import grouped_query as pictures
from gpt2_ref.model.attention import GroupQueryAttention

ALONE = pictures.ALONE


class Repeating(nn.Module):
    """A right answer with separate layers; `spread` and `kept_heads` are what the wrong ones change."""

    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.heads, self.groups, self.size = num_heads, num_groups, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, self.kept_heads() * self.size)
        self.value = nn.Linear(embed_size, self.kept_heads() * self.size)
        self.output = nn.Linear(embed_size, embed_size)

    def kept_heads(self):
        return self.groups

    def spread(self, rows):
        return rows.repeat_interleave(self.heads // rows.shape[1], dim=1)

    def forward(self, x):
        query, key, value = (
            layer(x).unflatten(-1, (-1, self.size)).transpose(1, 2) for layer in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(query, self.spread(key), self.spread(value), is_causal=True)
        return self.output(mixed.transpose(1, 2).flatten(2))


class Fused(nn.Module):
    """A right answer with one layer for query, key and value, and no bias."""

    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.size, self.share = embed_size // num_heads, num_heads // num_groups
        self.widths = [embed_size, num_groups * self.size, num_groups * self.size]
        self.into = nn.LazyLinear(sum(self.widths), bias=False)
        self.out_of = nn.LazyLinear(embed_size, bias=False)

    def forward(self, x):
        parts = (
            part.unflatten(-1, (-1, self.size)).transpose(1, 2) for part in self.into(x).split(self.widths, dim=-1)
        )
        mixed = F.scaled_dot_product_attention(*parts, is_causal=True, enable_gqa=True)
        return self.out_of(mixed.transpose(1, 2).flatten(2))


class OneVector(nn.Module):
    """A right answer that keeps all its weights in one vector."""

    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.size, self.embed = embed_size // num_heads, embed_size
        self.widths = [embed_size, num_groups * self.size, num_groups * self.size, embed_size]
        self.numbers = nn.Parameter(torch.randn(sum(self.widths) * embed_size))

    def forward(self, x):
        *inside, output = self.numbers.view(-1, self.embed).split(self.widths)
        query, key, value = ((x @ rows.T).unflatten(-1, (-1, self.size)).transpose(1, 2) for rows in inside)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
        return mixed.transpose(1, 2).flatten(2) @ output


class ByAxes(nn.Module):
    """A right answer with raw parameters of three axes."""

    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        size, self.groups = embed_size // num_heads, num_groups
        self.ask = nn.Parameter(torch.randn(embed_size, num_heads, size))
        self.offer = nn.Parameter(torch.randn(2, num_groups, embed_size, size))
        self.back = nn.Parameter(torch.randn(num_heads, size, embed_size))

    def forward(self, x):
        query = torch.einsum("bte, ehd -> bhtd", x, self.ask)
        key, value = torch.einsum("bte, ngek -> nbgtk", x, self.offer)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
        return torch.einsum("bhtd, hde -> bte", mixed, self.back)


class Tiled(Repeating):
    def spread(self, rows):
        return rows.repeat(1, self.heads // rows.shape[1], 1, 1)


class FullSize(Repeating):
    def kept_heads(self):
        return self.heads


class OneHead(Repeating):
    def kept_heads(self):
        return 1


class NotANumber(Repeating):
    def forward(self, x):
        return super().forward(x) * float("nan")


RIGHT = [GroupQueryAttention, Repeating, Fused, OneVector, ByAxes]


def make(answer, groups=2):
    torch.manual_seed(0)
    return answer(12, 6, groups)


@pytest.fixture
def x():
    return torch.randn(1, 7, 12, generator=torch.Generator().manual_seed(1))


def title(drawing, panel=0):
    return drawing.axes[panel].get_title(loc="left")


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_marks_follow_the_groups(groups, seed):
    torch.manual_seed(seed)
    module = GroupQueryAttention(12, 6, groups)
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    state = torch.get_rng_state()
    found = pictures.parameter_groups(module, torch.randn(1, 7, 12, generator=torch.Generator().manual_seed(seed)))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert all(parameter.grad is None for parameter in module.parameters())
    of_heads = torch.arange(6).repeat_interleave(2) // (6 // groups)
    of_groups = torch.arange(groups).repeat_interleave(2)
    expected = {
        "query.weight": of_heads[:, None].expand(12, 12),
        "query.bias": of_heads,
        "key.weight": of_groups[:, None].expand(-1, 12),
        "key.bias": torch.full_like(of_groups, ALONE),  # the softmax does not notice it
        "value.weight": of_groups[:, None].expand(-1, 12),
        "value.bias": of_groups,
        "output.weight": of_heads.expand(12, 12),
        "output.bias": torch.full((12,), ALONE),
    }
    assert found.keys() == expected.keys()
    for name, marks in expected.items():
        assert torch.equal(found[name], marks), name


def test_a_small_start_is_read_as_well(x):
    module = make(Repeating)
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    assert pictures.sharing(module, x, 6, 2).get_label().startswith("6 query heads, 2 key/value heads; ")
    assert all((parameter == 0).all() for parameter in module.parameters())


@pytest.mark.parametrize("answer", RIGHT)
@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_a_right_answer_has_a_set_for_each_group(answer, groups, x):
    before = x.clone()
    drawing = pictures.sharing(make(answer, groups), x, 6, groups)
    sets = f"in your module, {groups} set{'s' * (groups > 1)} of numbers that work together"
    assert title(drawing, 2) == sets
    heads = f"6 query heads, {groups} key/value head{'s' * (groups > 1)}"
    assert drawing.get_label().startswith(f"{heads}; kept of a token in a layer: {4 * groups} of 24 numbers; {sets}: ")
    assert torch.equal(x, before)
    if groups == 2:
        assert_draws(drawing)


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        (Repeating, "query.weight rows 0-5 A 6-11 B; key.weight rows 0-1 A 2-3 B"),
        (Fused, "into.weight rows 0-5 A 6-11 B 12-13 A 14-15 B 16-17 A 18-19 B; out_of.weight columns 0-5 A 6-11 B."),
        (OneVector, "numbers rows 0-5 A 6-11 B 12-13 A 14-15 B 16-17 A 18-19 B 20-25 A 26-31 B."),
        (ByAxes, "ask columns 0-5 A 6-11 B; offer columns 0-23 A 24-47 B; back rows 0-5 A 6-11 B."),
        (Tiled, "query.weight rows 0-1 A 2-3 B 4-5 A 6-7 B 8-9 A 10-11 B; key.weight rows 0-1 A 2-3 B"),
    ],
)
def test_the_tables_are_described_as_they_lie(answer, facts, x):
    assert facts in pictures.sharing(make(answer), x, 6, 2).get_label()


@pytest.mark.parametrize(("answer", "sets"), [(FullSize, "6 sets"), (OneHead, "1 set"), (NotANumber, "1 set")])
def test_a_wrong_answer_has_another_number_of_sets(answer, sets, x):
    drawing = pictures.sharing(make(answer), x, 6, 2)
    assert title(drawing, 2) == f"in your module, {sets} of numbers that work together; 2 expected"
    assert drawing.axes[2]._left_title.get_color() == pictures.RED
    assert_draws(drawing)


def test_wirings_draw_who_reads_whom():
    drawing = pictures.wirings({"in pairs": [0, 0, 1, 1], "in turn": [0, 1, 0, 1]})
    assert (
        drawing.get_label() == "Key/value head of query heads 0, 1, 2, ... in pairs: A, A, B, B; in turn: A, B, A, B."
    )
    assert [title(drawing, panel) for panel in (0, 1)] == ["in pairs: A A B B", "in turn: A B A B"]
    ends = [[line.get_xdata()[1] for line in axes.lines] for axes in drawing.axes]
    assert ends == [[0.5, 0.5, 2.5, 2.5], [0.5, 2.5, 0.5, 2.5]]
    assert_draws(drawing)


def test_cache_sizes_tell_both_bytes():
    drawing = pictures.cache_sizes({"small": (36_864, 6_144), "large": (17.2e9, 4.29e9)}, 1024)
    assert drawing.get_label() == (
        "Cache of one text of 1,024 tokens. small: 36.9 kB with all heads, 6.14 kB with groups; "
        "large: 17.2 GB with all heads, 4.29 GB with groups."
    )
    assert [bar.get_width() for bar in drawing.axes[0].patches] == [36_864, 6_144, 17.2e9, 4.29e9]
    assert_draws(drawing)


def test_milliseconds_compare_with_the_first():
    drawing = pictures.milliseconds({"full": 6.0, "few": 1.5, "copied": 30.0}, 16_384)
    assert drawing.get_label() == (
        "Milliseconds for one new token against 16,384 cached ones. full: 6.00; few: 1.50; copied: 30.00."
    )
    said = [text.get_text() for text in drawing.axes[0].texts]
    assert said == ["6.00 ms", "1.50 ms, 4 times as fast", "30.00 ms, 5 times as slow"]
    assert [bar.get_width() for bar in drawing.axes[0].patches] == [6.0, 1.5, 30.0]
    assert_draws(drawing)


def test_bytes_are_written_in_their_unit():
    sizes = (512, 36_864, 36_864_000, 1.0737e9, 2.5e12)
    assert [pictures.in_bytes(size) for size in sizes] == ["512 bytes", "36.9 kB", "36.9 MB", "1.07 GB", "2.5 TB"]


def test_what_cannot_be_drawn_is_named(x):
    with pytest.raises(ValueError, match="num_groups is 4; it must divide num_heads = 6"):
        pictures.sharing(make(Repeating), x, 6, 4)
    with pytest.raises(ValueError, match="num_groups is 0; it must divide"):
        pictures.sharing(make(Repeating), x, 6, 0)
    with pytest.raises(ValueError, match="has no learnable numbers"):
        pictures.parameter_groups(nn.Identity(), x)
    with pytest.raises(ValueError, match=r"the module returned shape \(1, 7, 5\); it must be \(1, 7, 12\)"):
        pictures.parameter_groups(nn.Linear(12, 5), x)
