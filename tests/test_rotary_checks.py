"""What the check of RotaryPositionalEncoding tells and leaves behind; the verdicts are in the catalogue of answers."""

import pytest
import torch
from torch import nn

from gpt2_ref import RotaryPositionalEncoding as Reference
from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.rotary import allowance, likely_layouts, pairs_in
from gpt2_ref.checks.rotary_oracle import ROTARY_MISTAKES, Layout, back, rotary

NAME = "RotaryPositionalEncoding"


def mirrored(size: int) -> Layout:
    entries = torch.arange(size // 2)
    return Layout(entries, size - 1 - entries)


LAYOUTS = {
    "halves": Layout.halves,
    "adjacent": Layout.adjacent,
    "halves back": back(Layout.halves),
    "adjacent back": back(Layout.adjacent),
    "mirrored": mirrored,
}


def turning(layout=Layout.halves, **choices):
    """A class that answers as the oracle does with these choices."""

    class RotaryPositionalEncoding(nn.Module):
        def __init__(self, head_size, base=10000.0):
            super().__init__()
            self.layout, self.base = layout(head_size), base

        def forward(self, x, positions=None):
            return rotary(x, positions, self.layout, self.base, **choices)

    return RotaryPositionalEncoding


def told(answer) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, NAME)
    return caught.value


def facts(wrong: WrongAnswer) -> dict[str, str]:
    return dict(wrong.facts)


def variant(slug: str, number: int = 0) -> dict:
    return dict(next(mistake for mistake in ROTARY_MISTAKES if mistake.slug == slug).variants[number])


# The oracle


@pytest.mark.parametrize("adjacent", [False, True])
@pytest.mark.parametrize("positions", [None, [7, 8, 9, 10, 11], [20, 0, 3, 3, 12345]])
def test_the_oracle_equals_the_reference(adjacent, positions):
    with no_trace():
        x = torch.randn(2, 3, 5, 8)
        where = None if positions is None else torch.tensor(positions)
        layout = Layout.adjacent(8) if adjacent else Layout.halves(8)
        expected = Reference(8, 300.0, adjacent=adjacent)(x, where)
        torch.testing.assert_close(rotary(x, where, layout, 300.0), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("size", [2, 4, 6, 8, 64])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_is_read_from_the_turns(layout, size):
    with no_trace():
        units = torch.eye(size)[:, None, None].expand(size, 1, 5, size)
        turns = rotary(units, None, layout(size), 10000.0).permute(1, 2, 3, 0)
        assert likely_layouts(turns, size)[0].same_as(layout(size))


def test_turns_that_are_not_in_pairs_have_no_layout():
    with no_trace():
        assert pairs_in(torch.randn(1, 5, 8, 8)) is None
        assert pairs_in(torch.eye(8).expand(1, 5, 8, 8)) is None


def test_float32_angles_stay_within_the_allowance():
    positions = torch.tensor([0, 5, 299, 12345])
    x = torch.randn(1, 1, 4, 64, generator=torch.Generator().manual_seed(1))
    layout = Layout.halves(64)
    exact = rotary(x.double(), positions, layout, 500000.0)
    rates = torch.exp(-torch.log(torch.tensor(500000.0)) * torch.arange(0, 64, 2) / 64)
    angles = positions[:, None].float() * rates
    a, b = x.chunk(2, -1)
    rough = torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)
    assert ((rough - exact).abs() <= allowance(x.double(), positions, layout, 500000.0)).all()
    nearly = rotary(x.double(), positions + 1, layout, 500000.0)
    assert ((nearly - exact).abs() > allowance(x.double(), positions, layout, 500000.0)).any(-1).all()


# Verdicts in every layout


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_and_sense_is_right(layout):
    assert isinstance(examine(turning(layout), NAME), Passed)


RIGHT_IN_HALVES = {("layouts-mixed", 1), ("put-back-elsewhere", 0)}
RIGHT_IN_ADJACENT = {("layouts-mixed", 0), ("put-back-elsewhere", 1), ("exponent-brackets", 1)}
"""Choices that change nothing in this layout, or less than can be seen."""


@pytest.mark.parametrize("mistake", ROTARY_MISTAKES, ids=lambda mistake: mistake.slug)
def test_a_mistake_is_named_in_both_layouts(mistake):
    for layout, harmless in ((Layout.halves, RIGHT_IN_HALVES), (Layout.adjacent, RIGHT_IN_ADJACENT)):
        number = next(n for n in range(len(mistake.variants)) if (mistake.slug, n) not in harmless)
        assert told(turning(layout, **mistake.variants[number])).mistake == mistake.slug


# What is told


def test_wrong_rates_are_told_as_angles():
    wrong = told(turning(Layout.adjacent, **variant("exponent-doubled")))
    assert facts(wrong)["turns"] == (
        "row 1 should turn by 1, 0.1, 0.01, 0.001 radians, and yours turns by 1, 0.01, 0.0001, 1e-06"
    )
    assert facts(wrong)["input"] == "x of shape (2, 3, 5, 8), no positions given"
    assert wrong.question.startswith("With head_size 8, pair 1 has the exponent -2/8.")


def test_the_positions_of_the_probe_are_told():
    wrong = told(turning(**variant("positions-ignored")))
    assert facts(wrong)["input"] == "x of shape (2, 3, 5, 8), positions [4, 0, 3, 9, 20]"
    assert facts(wrong)["expected"].startswith("[0, 0, 0, 0] = ")


def test_the_position_beyond_a_table_is_told():
    class Short(Reference):
        def __init__(self, head_size, base=10000.0):
            super().__init__(head_size, base)

        def forward(self, x, positions=None):
            return super().forward(x, positions if positions is None else torch.arange(2048)[positions])

    wrong = told(Short)
    assert wrong.mistake == "table-too-short"
    assert "index 12345 is out of bounds" in facts(wrong)["error"]
    assert facts(wrong)["positions"] == "[12345, 0, 11, 12001, 10007]"


def test_where_far_positions_begin_to_be_wrong_is_told():
    wrong = told(turning(at=lambda where, asked, x: where.clamp(max=255)))
    assert wrong.mistake == "far-positions"
    assert facts(wrong)["where"] == "the lowest position with a wrong result is 256"


def test_the_entries_that_do_not_turn_are_told():
    def only_two_pairs(rates, layout, base):
        spread = torch.zeros(2 * len(rates), dtype=rates.dtype)
        spread[layout.first[:2]] = spread[layout.second[:2]] = rates[:2]
        return spread

    wrong = told(turning(Layout.adjacent, spread=only_two_pairs))
    assert wrong.mistake == "some-not-turned"
    assert facts(wrong)["where"] == "entries 4, 5, 6, 7 of each row come out as they went in, at every position"


def test_the_sense_of_the_turn_is_a_remark():
    assert examine(turning(Layout.halves), NAME).remarks == ()
    (remark,) = examine(turning(back(Layout.adjacent)), NAME).remarks
    assert "adjacent pairs; yours turns from the second number of a pair to the first" in remark


def test_an_own_layout_is_a_remark():
    (remark,) = examine(turning(mirrored), NAME).remarks
    assert "(0, 7), (1, 6), (2, 5), (3, 4), the fastest first" in remark


def test_a_result_that_loses_sixteen_bits_is_a_remark():
    class Widens(Reference):
        def __init__(self, head_size, base=10000.0):
            super().__init__(head_size, base)

        def forward(self, x, positions=None):
            return super().forward(x.to(torch.promote_types(x.dtype, torch.float32)), positions)

    assert "bfloat16 comes back in float32" in examine(Widens, NAME).remarks[0]


def test_a_blank_is_not_attempted():
    class RotaryPositionalEncoding(nn.Module):
        def __init__(self, head_size, base=10000.0):
            super().__init__()
            raise NotImplementedError

        def forward(self, x, positions=None):
            raise NotImplementedError

    with pytest.raises(NotAttempted):
        examine(RotaryPositionalEncoding, NAME)


def test_the_check_leaves_no_trace():
    torch.manual_seed(3)
    before, dtype = torch.get_rng_state(), torch.get_default_dtype()
    examine(turning(), NAME)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_default_dtype() == dtype
