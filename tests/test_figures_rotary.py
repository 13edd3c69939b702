"""The pictures of lesson 09 describe themselves with the true numbers, for right answers and wrong ones."""

import io
import math
from functools import partial

import pytest
import torch
from torch import nn

from gpt2_ref import RotaryPositionalEncoding
from gpt2_ref.figures import rotary as pictures


class InPairs(nn.Module):
    """A rotation with its own pairs, rates and angle; right unless told otherwise."""

    def __init__(self, head_size, base=10000.0, doubled=1, sign=1, rows_only=False):
        super().__init__()
        self.rates = base ** (-2 * doubled * torch.arange(head_size // 2) / head_size)
        self.sign, self.rows_only = sign, rows_only

    def forward(self, x, positions=None):
        if positions is None or self.rows_only:
            positions = torch.arange(x.shape[2])
        number = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        angles = self.sign * positions[:, None] * self.rates
        return torch.view_as_real(number * torch.polar(torch.ones_like(angles), angles)).flatten(-2)


class Mirrored(RotaryPositionalEncoding):
    """The first number turns with the last."""

    def forward(self, x, positions=None):
        order = [*range(x.shape[-1] // 2), *range(x.shape[-1] - 1, x.shape[-1] // 2 - 1, -1)]
        result = torch.empty_like(x)
        result[..., order] = super().forward(x[..., order], positions)
        return result


def sinusoids_added(x, positions):
    return x + InPairs(x.shape[-1])(torch.ones_like(x), positions)


def longer_and_longer(x, positions):
    return InPairs(x.shape[-1])(x, positions) * (1 + positions[:, None] / 10)


def tables_mixed(x, positions):
    """Angles in the order of adjacent pairs, numbers turned in halves."""
    rates = 10000.0 ** (-2 * torch.arange(x.shape[-1] // 2) / x.shape[-1])
    angles = (positions[:, None] * rates).repeat_interleave(2, dim=-1)
    first, second = x.chunk(2, dim=-1)
    return x * angles.cos() + torch.cat([-second, first], dim=-1) * angles.sin()


LAYOUTS = {
    "halves": (RotaryPositionalEncoding, [(0, 4), (1, 5), (2, 6), (3, 7)]),
    "adjacent": (partial(RotaryPositionalEncoding, adjacent=True), [(0, 1), (2, 3), (4, 5), (6, 7)]),
    "complex": (InPairs, [(0, 1), (2, 3), (4, 5), (6, 7)]),
    "the other way": (partial(InPairs, sign=-1), [(1, 0), (3, 2), (5, 4), (7, 6)]),
    "mirrored": (Mirrored, [(0, 7), (1, 6), (2, 5), (3, 4)]),
}
each_layout = pytest.mark.parametrize(("make", "pairs"), LAYOUTS.values(), ids=LAYOUTS)


def title(drawing, panel=0):
    return drawing.axes[panel].get_title(loc="left")


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def is_red(text):
    return text.get_color() == pictures.RED


@each_layout
def test_pairs_and_speeds_are_found_in_any_layout(make, pairs):
    assert pictures.pairs_of(make(8), 8) == pairs
    assert pictures.order_of(make(8), 8) == [first for first, _ in pairs] + [second for _, second in pairs]
    expected = 500.0 ** (-torch.arange(32, dtype=torch.float64) / 32)
    torch.testing.assert_close(pictures.speeds_of(make(64, 500.0), 64), expected, rtol=1e-4, atol=1e-6)


@each_layout
def test_in_its_order_every_layout_is_that_of_the_halves(make, pairs):
    x, positions = torch.randn(2, 3, 5, 8), torch.tensor([4, 0, 9, 2, 300])
    order = pictures.order_of(make(8), 8)
    expected = RotaryPositionalEncoding(8)(x[..., order], positions)
    torch.testing.assert_close(make(8)(x, positions)[..., order], expected, rtol=1e-4, atol=1e-4)


@each_layout
def test_clocks_stand_where_the_formula_puts_them(make, pairs):
    drawing = pictures.clocks(make(8), 8, 10000.0, position=5)
    degrees = ["286°", "29°", "2.9°", "0.3°"]
    facts = "; ".join(
        f"pair {place} (numbers {first} and {second}) at {degrees[place]}"
        for place, (first, second) in enumerate(pairs)
    )
    assert (
        drawing.get_label() == f"Base 10,000, position 5. {facts}. Equal query and key at distance 5: score 0.79 of 1."
    )
    assert [title(drawing, panel) for panel in range(4)] == [f"pair {i}: {degrees[i]}" for i in range(4)]
    assert title(drawing, 4) == "equal query and key, distance 5: score 0.79"
    dots = drawing.axes[0].lines[0]
    angles = [math.atan2(y, x) % math.tau for x, y in zip(dots.get_xdata(), dots.get_ydata(), strict=True)]
    assert angles == pytest.approx([0, 1, 2, 3, 4], abs=1e-5)
    drawn = drawing.axes[4].lines[1].get_ydata()
    assert list(drawn)[:2] == pytest.approx([1, sum(math.cos(10**-i) for i in range(4)) / 4], abs=1e-5)
    assert_draws(drawing)


def test_clocks_at_position_0_and_with_another_base():
    drawing = pictures.clocks(InPairs(4, 100.0), 4, 100.0, position=0)
    assert drawing.get_label() == (
        "Base 100, position 0. pair 0 (numbers 0 and 1) at 0°; pair 1 (numbers 2 and 3) at 0°. "
        "Equal query and key at distance 0: score 1 of 1."
    )
    assert_draws(drawing)
    one_pair = pictures.clocks(InPairs(2), 2, 10000.0, position=3)
    assert title(one_pair) == "pair 0: 172°"
    assert_draws(one_pair)


@pytest.mark.parametrize(
    ("wrong", "red"),
    [
        (InPairs(8, doubled=2), [1, 2, 3]),
        (InPairs(8, base=100.0), [1, 2, 3]),
        (longer_and_longer, [0, 1, 2, 3]),
        (InPairs(8), []),
    ],
)
def test_a_hand_that_stands_elsewhere_is_red(wrong, red):
    drawing = pictures.clocks(wrong, 8, 10000.0, position=20)
    titles = [axes._left_title for axes in drawing.axes[:4]]
    assert [place for place, text in enumerate(titles) if is_red(text)] == red
    assert drawing.get_label().count("with length 1") == len(red)
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (sinusoids_added, r"moves the numbers \[1, 2, 3, 4, 5, 6, 7\] beside its own"),
        (lambda x, positions: x, "does not turn"),
        (lambda x, positions: x * math.nan, "does not turn"),
        (InPairs(8, rows_only=True), "does not turn"),
    ],
)
def test_what_does_not_turn_in_pairs_is_named(wrong, text):
    for draw in (
        pictures.pairs_of,
        pictures.order_of,
        pictures.speeds_of,
        partial(pictures.clocks, base=1e4, position=5),
    ):
        with pytest.raises(ValueError, match=f"number 0 alone, at position 1, {text}"):
            draw(wrong, 8)


def test_numbers_that_turn_both_ways_are_named():
    with pytest.raises(ValueError, match="each number must be in one of them"):
        pictures.pairs_of(lambda x, positions: x + x.flip(-1), 4)


@pytest.fixture
def query_and_key():
    return torch.randn(2, 8, generator=torch.Generator().manual_seed(1))


@each_layout
def test_the_distance_decides(make, pairs, query_and_key):
    drawing = pictures.score_by_distance(make(8), *query_and_key, [0, 100, 1000], longest=20)
    assert title(drawing) == "3 curves, all the same: the distance decides"
    assert "Largest difference below 0.01" in drawing.get_label()
    query, key = query_and_key
    rotary = make(8)
    for distance, drawn in enumerate(drawing.axes[0].lines[1].get_ydata()):
        positions = torch.tensor([distance, 0])
        turned = rotary(torch.stack([query, key])[None, None], positions)[0, 0]
        assert drawn == pytest.approx(float(turned[0] @ turned[1]), abs=1e-2)
    assert f"{drawing.axes[0].lines[0].get_ydata()[10]:.3g} at 10" in drawing.get_label()
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("wrong", "differ"),
    [
        (sinusoids_added, 2),
        (longer_and_longer, 2),
        (tables_mixed, 2),
        (lambda x, positions: InPairs(8)(x, positions) if len(positions) > 1 else x, 2),  # queries only
        (lambda x, positions: InPairs(8)(x, positions % 1000), 1),
        (lambda x, positions: InPairs(8)(x, positions) * torch.where(positions > 999, math.nan, 1)[:, None], 1),
    ],
)
def test_curves_that_differ_are_counted_and_red(wrong, differ, query_and_key):
    drawing = pictures.score_by_distance(wrong, *query_and_key, [0, 100, 990], longest=30)
    assert title(drawing) == f"{differ} of 2 differ from the first"
    assert is_red(drawing.axes[0]._left_title)
    assert sum(line.get_color() == pictures.RED for line in drawing.axes[0].lines) == differ
    assert "below" not in drawing.get_label()
    assert_draws(drawing)


def test_score_by_place_tells_the_range():
    drawing = pictures.score_by_place(
        {"rows": torch.tensor([-1.0, 2, 0.5]), "turned": torch.tensor([0.25, 0.25, 0.25])}
    )
    assert title(drawing) == "rows: from −1.00 to 2.00; turned: 0.25 at every place"
    assert drawing.get_label() == f"The score at 3 places. {title(drawing)}."
    assert list(drawing.axes[0].lines[0].get_ydata()) == [-1, 2, 0.5]
    assert_draws(drawing)


def test_fading_is_the_mean_of_the_cosines():
    drawing = pictures.fading({"small": InPairs(64), "large": InPairs(64, 500000.0)}, 64, longest=200)
    expected = {
        name: [sum(math.cos(at * base ** (-i / 32)) for i in range(32)) / 32 for at in (1, 10, 100)]
        for name, base in (("small", 1e4), ("large", 5e5))
    }
    facts = "; ".join(
        f"{name}: {small:.2f} at 1, {middle:.2f} at 10, {large:.2f} at 100"
        for name, (small, middle, large) in expected.items()
    )
    assert drawing.get_label() == f"Equal query and key, share of the score at distance 0. {facts}."
    drawn = drawing.axes[0].lines[1]
    place = list(drawn.get_xdata()).index(10)
    assert drawn.get_ydata()[place] == pytest.approx(expected["large"][1], abs=1e-5)
    assert_draws(drawing)


def test_turns_counts_the_pairs_that_never_go_round():
    speeds = 10000.0 ** (-torch.arange(32, dtype=torch.float64) / 32)
    drawing = pictures.turns(speeds, 1024, 4096)
    assert title(drawing) == "14 of 32 pairs make less than one turn in 1,024 positions"
    assert drawing.get_label() == (
        "14 of 32 pairs make less than one turn in 1,024 positions. The fastest makes 163 turns, the slowest 0.0217. "
        "At 4,096 positions 14 pairs meet angles that were not met in training. The slowest then has made 0.0869."
    )
    bars = drawing.axes[0].patches
    assert bars[0].get_y() + bars[0].get_height() == pytest.approx(1024 / math.tau)
    assert_draws(drawing)
    none = pictures.turns(torch.tensor([1.0, 0.5]), 100, 200)
    assert none.get_label().startswith("0 of 2 pairs make less than one turn in 100 positions.")
    assert_draws(none)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (lambda x, positions: x[0], ValueError, r"the rotation returned shape \(1, 8, 8\); it must be \(1, 1, 8, 8\)"),
        (lambda x, positions: None, TypeError, "the rotation returned NoneType; it must return a tensor"),
    ],
)
def test_an_answer_that_cannot_be_drawn_is_named(answer, error, text):
    with pytest.raises(error, match=text):
        pictures.clocks(answer, 8, 10000.0, 5)


@pytest.mark.parametrize("position", [-1, 65])
def test_a_position_outside_is_named(position):
    with pytest.raises(IndexError, match=f"position is {position}; it must be from 0 to 64"):
        pictures.clocks(InPairs(8), 8, 10000.0, position)
