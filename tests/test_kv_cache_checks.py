"""What the check of CachedSelfAttention tells and leaves behind; the verdicts are in the catalogue of answers."""

import itertools
import re

import pytest
import torch
from torch import nn

from gpt2_ref import MultiHeadSelfAttention
from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.kv_cache_oracle import CACHE_MISTAKES, LATER_MISTAKES, in_chunks, not_yet
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.roles import Weights, find_roles

NAME = "CachedSelfAttention"


def cached(mask=not_yet, keep=lambda rows: rows, forward=None):
    """A class that is right but for the functions given."""

    class CachedSelfAttention(MultiHeadSelfAttention):
        def forward(self, x, cache=None):
            query, *new = (self.split_heads(layer(x)) for layer in (self.query, self.key, self.value))
            both = new if cache is None else [torch.cat(pair, dim=2) for pair in zip(cache, new, strict=True)]
            scores = query @ both[0].mT / self.head_size**0.5
            hidden = mask(query.shape[2], both[0].shape[2])
            mixed = scores.masked_fill(hidden, float("-inf")).softmax(-1) @ both[1]
            return self.output(mixed.transpose(1, 2).flatten(2)), [keep(part) for part in both]

    if forward is not None:
        CachedSelfAttention.forward = forward
    return CachedSelfAttention


def told(answer) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, NAME)
    return caught.value


def facts(wrong: WrongAnswer) -> dict[str, str]:
    return dict(wrong.facts)


# The oracle


def some_weights(embed_size: int, heads: int) -> Weights:
    size = embed_size // heads
    query, key, value = torch.randn(3, heads, size, embed_size + 1)
    return Weights(query, key, value, torch.randn(embed_size, heads, size), torch.randn(embed_size))


@pytest.mark.parametrize("chunks", [[8], [1] * 8, [5, 3], [3, 3, 2], [1, 7]])
def test_the_oracle_in_chunks_equals_the_whole(chunks):
    with no_trace():
        x, weights = torch.randn(2, 8, 12), some_weights(12, 3)
        torch.testing.assert_close(in_chunks(x, chunks, weights), self_attention(x, weights), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "mistake", [mistake for mistake in (*CACHE_MISTAKES, *LATER_MISTAKES) if mistake.variants], ids=lambda m: m.slug
)
def test_every_variant_is_right_in_the_first_chunk_and_wrong_later(mistake):
    with no_trace():
        x, weights = torch.randn(2, 9, 12), some_weights(12, 3)
        right = self_attention(x, weights)
        for choices in mistake.variants:
            differs = []
            for chunks in ([4, 2, 2, 1], [2, 5, 2], [3, 3, 3]):
                try:
                    came = in_chunks(x, chunks, weights, **choices)
                except RuntimeError:
                    assert "later" in choices  # some masks of whole texts fit square scores only
                    continue
                torch.testing.assert_close(came[:, : chunks[0]], right[:, : chunks[0]], rtol=1e-8, atol=1e-8)
                differs.append(not torch.allclose(came, right))
            assert any(differs) or not differs


def test_no_two_mistakes_of_the_cache_have_the_same_variant():
    with no_trace():
        x, weights = torch.randn(2, 12, 12), some_weights(12, 3)
        results = [
            (mistake.slug, torch.cat([in_chunks(x, chunks, weights, **choices) for chunks in ([5, 3, 4], [1] * 12)]))
            for mistake in CACHE_MISTAKES
            for choices in mistake.variants
        ]
    for (one, mine), (other, theirs) in itertools.combinations(results, 2):
        assert one == other or not torch.allclose(mine, theirs), (one, other)


# What is told


def test_the_chunks_the_token_and_the_reach_are_told():
    wrong = told(cached(mask=lambda new, rows: not_yet(new, rows) if new == rows else torch.zeros(new, rows).bool()))
    assert wrong.mistake == "later-chunks-unmasked"
    assert facts(wrong)["input"] == "x of shape (2, 8, 24) in chunks of [5, 3]"
    assert re.match(r"\[0, 5, 0\] = -?\d", facts(wrong)["expected"])
    assert re.match(r"\[0, 5, 0\] = -?\d", facts(wrong)["yours"])
    assert facts(wrong)["token"] == "5: the first of chunk 2, with 5 cached before it"
    assert "chunks of [5, 3], row i, column j" in facts(wrong)["reach"]
    assert "■ ■ ■ ■ ■ ■ ■ ■    ■ ■ ■ ■ ■ ■ · ·" in facts(wrong)["reach"]
    assert facts(wrong)["where"] == "token 6 comes after token 5 and moves its result"


def test_an_error_in_a_later_chunk_is_told_with_its_chunk_and_lengths():
    wrong = told(cached(mask=lambda new, rows: not_yet(new, new)))
    assert wrong.mistake == "rows-do-not-fit"
    assert facts(wrong)["input"].startswith("chunk 2 of [5, 3], with 5 tokens cached: x of shape (2, 3, 24)")
    assert "masked_fill(hidden" in facts(wrong)["where"]
    assert "5 tokens cached and 3 new make 8. On this line something is 8 long and something else 3." in wrong.question


def test_another_error_in_a_later_chunk_keeps_its_own_name():
    wrong = told(cached(keep=lambda rows: str(rows.shape)))
    assert wrong.mistake == "raises"
    assert "chunk 2 of [5, 3]" in facts(wrong)["input"]


def test_a_cache_that_is_not_asked_for_is_explained():
    def forward(self, x, cache=None):
        keys, values = cache
        return x, (keys, values)

    wrong = told(cached(forward=forward))
    assert wrong.mistake == "raises"
    assert "it is None" in wrong.question


@pytest.mark.parametrize("kept", [3, 5, 9])
def test_how_much_a_cache_keeps_is_told(kept):
    wrong = told(cached(keep=lambda rows: rows[:, :, -kept:]))
    assert wrong.mistake == "cache-cut-off"
    assert facts(wrong)["where"] == f"a token sees the last {kept + 1} tokens, itself included"


def test_a_cut_that_only_long_texts_reach_is_told():
    wrong = told(cached(keep=lambda rows: rows[:, :, -70:]))
    assert wrong.mistake == "cache-cut-off"
    assert "in chunks of [50, 1, 1, ..., 50]" in facts(wrong)["input"]
    assert facts(wrong)["where"] == "tokens 0 to 19 do not move the result of token 139"


def test_a_first_chunk_that_is_wrong_is_told_as_attention():
    wrong = told(cached(mask=lambda new, rows: torch.zeros(new, rows).bool()))
    assert wrong.mistake == "no-mask"
    assert facts(wrong)["input"].startswith("x of shape (2, 5, 24), drawn from N(0, 1)")


def test_two_mistakes_are_both_told():
    def forward(self, x, cache=None):
        query, *new = (self.split_heads(layer(x)) for layer in (self.query, self.key, self.value))
        both = new if cache is None else [torch.cat(pair, dim=2) for pair in zip(cache, new, strict=True)]
        hidden = torch.ones(query.shape[2], both[0].shape[2]).triu(1).bool()
        scores = query @ both[0].mT / (1 if cache else self.head_size**0.5)
        mixed = scores.masked_fill(hidden, float("-inf")).softmax(-1) @ both[1]
        return self.output(mixed.transpose(1, 2).flatten(2)), both

    wrong = told(cached(forward=forward))
    assert wrong.mistake == "mask-starts-at-zero"
    assert wrong.title == (
        "the mask of a later chunk begins at the first token of the text and "
        "once there is a cache, the scores are not divided by sqrt(head_size)"
    )


@pytest.mark.parametrize(
    ("returned", "mistake", "words"),
    [
        (lambda result, cache: result, "cache-not-returned", "a tensor of shape (2, 5, 24)"),
        (lambda result, cache: None, "returns-none", "None"),
        (lambda result, cache: (result, *cache), "not-a-pair", "a tuple of 3: Tensor, Tensor, Tensor"),
        (lambda result, cache: (result,), "not-a-pair", "a tuple of 1: Tensor"),
        (lambda result, cache: (cache, result), "results-swapped", "a tuple of 2: list, Tensor"),
        (lambda result, cache: (result.detach().numpy(), cache), "returns-numpy", "ndarray"),
        (lambda result, cache: (result[:, -1:], cache), "wrong-shape", "shape (2, 1, 24)"),
        (lambda result, cache: (result.mT, cache), "wrong-shape", "shape (2, 24, 5)"),
    ],
)
def test_what_comes_back_is_told(returned, mistake, words):
    right = cached()

    class Answer(right):
        def forward(self, x, cache=None):
            return returned(*super().forward(x, cache))

    wrong = told(Answer)
    assert wrong.mistake == mistake
    assert words in facts(wrong)["yours"]


def test_a_wrong_part_is_told_as_the_parts():
    notebook = {"__name__": "__main__"}
    exec(
        """
import torch
from torch import nn

def causal_attention(query, key, value):
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value

class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(embed_size, embed_size) for _ in range(4))
        self.heads = num_heads

    def forward(self, x, cache=None):
        query, *new = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in self.layers[:3])
        both = new if cache is None else [torch.cat(pair, 2) for pair in zip(cache, new)]
        return self.layers[3](causal_attention(query, *both).transpose(1, 2).flatten(-2)), both
""",
        notebook,
    )
    wrong = told(notebook[NAME])
    assert wrong.title == "the causal_attention that it uses is not right: there is no causal mask"


# Blanks and remarks


def blank(self, x, cache=None):
    raise NotImplementedError


def pass_only(self, x, cache=None):
    pass


@pytest.mark.parametrize("forward", [blank, pass_only])
def test_a_blank_is_not_attempted(forward):
    with pytest.raises(NotAttempted):
        examine(cached(forward=forward), NAME)


def test_a_class_without_forward_is_not_attempted():
    class CachedSelfAttention(nn.Module):
        def __init__(self, embed_size, num_heads):
            super().__init__()

    with pytest.raises(NotAttempted, match="no forward method yet"):
        examine(CachedSelfAttention)


def test_cached_inputs_are_right_with_a_remark():
    class Answer(MultiHeadSelfAttention):
        def forward(self, x, cache=None):
            text = x if cache is None else torch.cat([cache, x], 1)
            return super().forward(text)[:, -x.shape[1] :], text

    assert examine(cached(), NAME) == Passed(NAME)
    (remark,) = examine(Answer, NAME).remarks
    assert "computes the keys and values of all earlier ones again" in remark


# No trace


def test_shared_places_are_as_before():
    code = """
import torch
from gpt2_ref import MultiHeadSelfAttention

MEMORY = []
LAST = None

class CachedSelfAttention(MultiHeadSelfAttention):
    rows = {"old": 1}

    def forward(self, x, cache=[3]):
        global LAST
        LAST = x
        MEMORY.append(x)
        cache.append(x)
        self.rows[len(self.rows)] = x
        CachedSelfAttention.more = x
        return super().forward(x) + len(MEMORY), cache
"""
    notebook = {"__name__": "__main__"}
    exec(code, notebook)
    answer = notebook[NAME]
    default = answer.forward.__defaults__[0]
    assert told(answer).mistake == "shared-cache"
    assert notebook["MEMORY"] == []
    assert notebook["LAST"] is None
    assert default == [3]
    assert answer.rows == {"old": 1}
    assert not hasattr(answer, "more")


def test_a_right_answer_passes_whatever_the_world_is():
    torch.set_default_dtype(torch.float16)
    try:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            assert isinstance(examine(cached(), NAME), Passed)
        assert torch.get_default_dtype() == torch.float16
    finally:
        torch.set_default_dtype(torch.float32)


def test_the_verdict_does_not_depend_on_the_learners_seed():
    answer, texts = cached(keep=lambda rows: rows[:, :, -3:]), set()
    for seed in range(3):
        torch.manual_seed(seed)
        texts.add(str(told(answer)))
    assert len(texts) == 1


def test_the_roles_of_a_right_answer_are_found():
    with no_trace():
        module = cached()(24, 6)
        roles = find_roles(module, lambda x: module(x)[0], 24)
        x = torch.randn(2, 6, 24)
        expected = in_chunks(x, [4, 2], roles.read(module))
        first, cache = module(x[:, :4])
        came = torch.cat([first, module(x[:, 4:], cache)[0]], dim=1)
        torch.testing.assert_close(came, expected, rtol=1e-8, atol=1e-8)
