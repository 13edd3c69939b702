"""The pictures of lesson 06 describe themselves with the true numbers, for right answers and wrong ones."""

import io

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.figures import kv_cache as pictures
from gpt2_ref.model import KVCache
from gpt2_ref.model.attention import MultiHeadSelfAttention

WORDS = ["tom", "has", "a", "red", "kite"]


class WithTuple(nn.Module):
    """A right answer that keeps keys and values in a tuple; `diagonal` says where the mask begins."""

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.project = nn.Linear(embed_size, 3 * embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def diagonal(self, new, total):
        return total - new

    def forward(self, x, cache=None):
        query, key, value = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in self.project(x).chunk(3, dim=-1)
        )
        if cache is not None:
            key, value = torch.cat([cache[0], key], dim=2), torch.cat([cache[1], value], dim=2)
        new, total = query.shape[2], key.shape[2]
        seen = torch.ones(new, total, dtype=torch.bool).tril(self.diagonal(new, total))
        scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
        mixed = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1) @ value
        return self.output(mixed.transpose(1, 2).flatten(2)), (key, value)


class WithObject(MultiHeadSelfAttention):
    """A right answer whose cache is an object that it changes, in torch's fused attention."""

    def forward(self, x, cache=None):
        cache = KVCache() if cache is None else cache
        return super().forward(x, cache), cache


class WithList(WithTuple):
    """A right answer that returns a list."""

    def forward(self, x, cache=None):
        return list(super().forward(x, cache))


class MaskFromTheCorner(WithTuple):
    def diagonal(self, new, total):
        return 0


class NoMask(WithTuple):
    def diagonal(self, new, total):
        return total


class MaskAtFirstOnly(WithTuple):
    def diagonal(self, new, total):
        return 0 if new == total else total


class NeverFilled(WithTuple):
    def forward(self, x, cache=None):
        return super().forward(x, None)


class NotANumberLater(WithTuple):
    def forward(self, x, cache=None):
        result, kept = super().forward(x, cache)
        return (result if cache is None else result * float("nan")), kept


RIGHT = [WithTuple, WithObject, WithList]


def make(answer):
    torch.manual_seed(0)
    return answer(8, 2)


@pytest.fixture
def x():
    return torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(1))


def title(drawing, panel=0):
    return drawing.axes[panel].get_title(loc="left")


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


@pytest.mark.parametrize("answer", [*RIGHT, NoMask])
def test_counted_is_the_formula_for_all_pairs_in_any_style(answer, x):
    attention = make(answer)
    (result, cache), whole = pictures.counted(attention, x)
    assert whole == 4 * 5 * 8**2 + 2 * 5**2 * 8
    assert torch.allclose(result, attention(x)[0])
    with torch.no_grad():
        _, one_row = pictures.counted(attention, x[:, :1], cache)
    assert one_row == 4 * 8**2 + 2 * 6 * 8


def test_counted_knows_the_fused_kernel_and_plain_products():
    inputs = torch.randn(3, 2, 3, 7, 4)
    _, fused = pictures.counted(lambda: F.scaled_dot_product_attention(*inputs, is_causal=True))
    assert fused == 2 * 2 * 3 * 7 * 7 * 4
    _, product = pictures.counted(torch.matmul, torch.randn(5, 6), torch.randn(6, 7))
    assert product == 5 * 6 * 7
    assert pictures.counted(torch.add, torch.ones(2), 1)[1] == 0


def test_rows_that_move_counts_what_moves_and_what_was_there():
    appended = torch.zeros(2, 5)
    appended[:, 4] = float("nan")
    replaced = torch.tensor([[0, 0, 1, 0.5, 0], [0, 0, 2, 0.25, 1e-9]])
    drawing = pictures.rows_that_move({"append": appended, "replace": replaced}, WORDS)
    assert drawing.get_label() == "append: 0 of 8 rows move; replace: 4 of 10 rows move."
    assert title(drawing, 1) == "replace: 4 of 10 rows move"
    shown = [text.get_text() for text in drawing.axes[1].texts]
    assert shown == ["0", "0", "1.00", "0.50", "0", "0", "0", "2.00", "0.25", "0"]
    assert [text.get_text() for text in drawing.axes[0].texts].count("new") == 2
    assert_draws(drawing)


@pytest.mark.parametrize("answer", RIGHT)
def test_a_right_answer_is_the_same_in_chunks(answer, x):
    before = x.clone()
    drawing = pictures.same_in_chunks(make(answer), x, WORDS, [[5], [1] * 5, [3, 2]])
    assert drawing.get_label() == (
        "3 of 3 ways to feed the text give the same result. chunks 5: largest difference 0; "
        "chunks 1, 1, 1, 1, 1: largest difference 0; chunks 3, 2: largest difference 0."
    )
    assert torch.equal(x, before)
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("answer", "same", "red"),
    [
        (MaskFromTheCorner, 1, [0, 4, 2]),
        (NoMask, 1, [0, 4, 3]),
        (MaskAtFirstOnly, 2, [0, 0, 1]),
        (NeverFilled, 1, [0, 4, 2]),
        (NotANumberLater, 1, [0, 4, 2]),
    ],
)
def test_a_wrong_answer_shows_which_tokens_differ(answer, same, red, x):
    drawing = pictures.same_in_chunks(make(answer), x, WORDS, [[5], [1] * 5, [3, 2]])
    assert title(drawing) == f"{same} of 3 ways to feed the text give the same result"
    said = [text for text in drawing.axes[0].texts if text.get_text().startswith("differs by")]
    assert [text.get_color() == pictures.RED for text in said] == [number > 0 for number in red]
    patches = [patch for patch in drawing.axes[0].patches if patch.get_facecolor()[0] > 0.8]
    rows = [round(patch.get_y() + 0.32) for patch in patches]
    assert [rows.count(row) for row in range(3)] == red
    assert_draws(drawing)


@pytest.mark.parametrize("answer", RIGHT)
@pytest.mark.parametrize(
    ("step", "cached", "facts"),
    [
        (1, True, "2 words: 2 rows computed, 0 cached; 3 pairs of query and key."),
        (1, False, "2 words: 2 rows computed, 0 cached; 3 pairs of query and key."),
        (3, True, "4 words: 1 row computed, 3 cached; 4 pairs of query and key."),
        (3, False, "4 words: 4 rows computed, 0 cached; 10 pairs of query and key."),
        (4, True, "5 words: 1 row computed, 4 cached; 5 pairs of query and key."),
    ],
)
def test_one_step_tells_rows_and_pairs(answer, step, cached, facts, x):
    drawing = pictures.one_step(make(answer), x, WORDS, 2, step, cached)
    way = "with" if cached else "without"
    assert drawing.get_label() == f"Step {step} of 4, {way} the cache, {facts}"
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("answer", "step", "cached", "headline"),
    [
        (MaskFromTheCorner, 3, True, "1 pair of query and key; 3 missing"),
        (NeverFilled, 3, True, "1 pair of query and key; 3 missing"),
        (NoMask, 1, True, "4 pairs of query and key; 1 of later words"),
        (NoMask, 3, False, "16 pairs of query and key; 6 of later words"),
    ],
)
def test_one_step_of_a_wrong_answer_says_what_is_wrong(answer, step, cached, headline, x):
    drawing = pictures.one_step(make(answer), x, WORDS, 2, step, cached)
    assert title(drawing) == headline
    assert headline in drawing.get_label()
    assert_draws(drawing)


def test_lines_tell_every_length():
    drawing = pictures.work([8, 512], [16, 41_943_040], [2, 81_920])
    assert drawing.get_label() == (
        "Multiply-adds for one more token. 8 tokens: 16 without, 2 with; 512 tokens: 41,943,040 without, 81,920 with."
    )
    assert title(drawing) == "One more token at 512 tokens: 512 times the work without the cache"
    assert [list(line.get_ydata()) for line in drawing.axes[0].lines] == [[16, 41_943_040], [2, 81_920]]
    assert_draws(drawing)
    drawing = pictures.milliseconds([8, 1024], [1.0, 30.0], [1.0, 1.5])
    assert drawing.get_label() == (
        "Milliseconds for one more token. 8 tokens: 1.00 without, 1.00 with; 1,024 tokens: 30.00 without, 1.50 with."
    )
    assert title(drawing) == "One more token at 1,024 tokens: 20 times as fast with the cache"
    assert_draws(drawing)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (lambda x, cache: x, TypeError, r"returned Tensor; it must return \(result, cache\)"),
        (lambda x, cache: (x, 1, 2), TypeError, "returned tuple"),
        (lambda x, cache: (x[0], 1), ValueError, r"returned shape \(5, 8\); it must be \(1, 5, 8\)"),
        (lambda x, cache: (None, 1), TypeError, "returned NoneType; it must return a tensor"),
    ],
)
def test_an_answer_that_cannot_be_drawn_is_named(answer, error, text, x):
    with pytest.raises(error, match=text):
        pictures.same_in_chunks(answer, x, WORDS, [[5]])


def test_inputs_that_do_not_fit_are_named(x):
    attention = make(WithTuple)
    with pytest.raises(ValueError, match=r"x has shape \(5, 8\)"):
        pictures.same_in_chunks(attention, x[0], WORDS, [[5]])
    with pytest.raises(ValueError, match="there are 4 words for 5 numbers"):
        pictures.same_in_chunks(attention, x, WORDS[:4], [[5]])
    for chunks in ([3, 3], [5, 0]):
        with pytest.raises(ValueError, match=rf"the chunks \[{chunks[0]}, {chunks[1]}\] do not make 5 tokens"):
            pictures.same_in_chunks(attention, x, WORDS, [chunks])
    for step in (0, 5):
        with pytest.raises(IndexError, match=f"step is {step}; 5 words with a prompt of 2 have the steps 1 to 4"):
            pictures.one_step(attention, x, WORDS, 2, step, True)
    with pytest.raises(ValueError, match="prompt is 6; it must be from 1 to 5 words"):
        pictures.one_step(attention, x, WORDS, 6, 1, True)
    with pytest.raises(ValueError, match="there are 5 words for 4 numbers"):
        pictures.rows_that_move({"append": torch.zeros(2, 4)}, WORDS)
    with pytest.raises(ValueError, match=r"the cases have \[2, 3\] layers"):
        pictures.rows_that_move({"append": torch.zeros(2, 5), "replace": torch.zeros(3, 5)}, WORDS)
    with pytest.raises(ValueError, match="without: 1 numbers for 2 lengths"):
        pictures.work([8, 16], [1], [1, 2])
