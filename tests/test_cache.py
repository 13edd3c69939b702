"""The cache: a text that comes in pieces gets what the whole text gets, and memory is what the texts need."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from gpt2_ref import GPT2, KVCache, MultiHeadSelfAttention
from gpt2_ref.model.functional import Window

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
CHUNKINGS = [[12], [1] * 12, [5, 1, 1, 1], [3, 3, 2], [1, 4, 3], [2, 9, 1, 5]]
chunkings = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def rows(*shape: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(shape), torch.randn(shape)


def small_gpt2(**options) -> GPT2:
    torch.manual_seed(0)
    model = GPT2(11, 12, 3, 20, 2, context_size=150, **options).double().eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)  # the small weights of a new model would hide mistakes
    return model


def fed(call, text, chunks, cache):
    """What `call` returns for the chunks of a text, side by side."""
    return torch.cat([call(piece, cache) for piece in text.split(chunks, dim=1)], dim=1)


# The cache alone


@settings(deadline=None, max_examples=40)
@given(chunks=chunkings, batch=st.integers(1, 3), groups=st.integers(1, 3))
def test_all_rows_come_back_with_their_positions(chunks, batch, groups):
    cache, keys, values = KVCache(), *rows(batch, groups, sum(chunks), 4)
    end = 0
    for key, value in zip(keys.split(chunks, dim=2), values.split(chunks, dim=2), strict=True):
        all_keys, all_values, positions = cache.extend(key, value)
        end += key.shape[2]
        assert torch.equal(all_keys, keys[:, :, :end])
        assert torch.equal(all_values, values[:, :, :end])
        assert positions.tolist() == list(range(end))
        assert cache.length == cache.num_rows == end


@settings(deadline=None, max_examples=60)
@given(chunks=chunkings, reach=st.integers(1, 12))
def test_with_a_reach_every_row_comes_back_that_a_new_token_can_see(chunks, reach):
    cache, keys, values = KVCache(reach), *rows(2, 2, sum(chunks), 3)
    end = 0
    for key, value in zip(keys.split(chunks, dim=2), values.split(chunks, dim=2), strict=True):
        all_keys, all_values, positions = cache.extend(key, value)
        first_new, end = end, end + key.shape[2]
        begin = max(0, first_new - (reach - 1))
        assert positions.tolist() == list(range(begin, end))
        assert torch.equal(all_keys, keys[:, :, begin:end])
        assert torch.equal(all_values, values[:, :, begin:end])
        assert cache.length == end


def test_buffers_double_past_64_rows_and_are_not_copied_in_between():
    cache, keys, values = KVCache(), *rows(2, 3, 300, 4)
    storages = []
    for i in range(300):
        all_keys, all_values, _ = cache.extend(keys[:, :, i : i + 1], values[:, :, i : i + 1])
        storages.append(all_keys.untyped_storage().data_ptr())
        assert torch.equal(all_keys, keys[:, :, : i + 1])
        assert torch.equal(all_values, values[:, :, : i + 1])
    moved = [i for i in range(1, 300) if storages[i] != storages[i - 1]]
    assert moved == [64, 130, 262]


def test_rows_handed_out_earlier_stay_as_they_were():
    cache = KVCache()
    first, _, _ = cache.extend(*rows(1, 1, 1, 2))
    before = first.clone()
    for _ in range(200):
        cache.extend(*rows(1, 1, 1, 2))
    assert torch.equal(first, before)


@pytest.mark.parametrize("reach", [1, 2, 7, 64, 100])
def test_with_a_reach_memory_is_constant(reach):
    cache = KVCache(reach)
    cache.extend(*rows(1, 2, 500, 4))
    sizes = set()
    for _ in range(1000):
        keys, values, positions = cache.extend(*rows(1, 2, 1, 4))
        assert len(positions) == keys.shape[2] == values.shape[2] == reach
        sizes.add(keys.untyped_storage().nbytes())
    assert cache.length == 1500
    assert max(sizes) <= 4 * 2 * 4 * max(64, 4 * reach)


def test_the_callers_tensors_are_copied():
    cache, (key, value) = KVCache(), rows(1, 1, 3, 2)
    kept = key.clone(), value.clone()
    cache.extend(key, value)
    key.zero_()
    value.zero_()
    keys, values, _ = cache.extend(*rows(1, 1, 1, 2))
    assert torch.equal(keys[:, :, :3], kept[0])
    assert torch.equal(values[:, :, :3], kept[1])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 4, 1, 5), r"= \(2, 4, 5\) and the new ones have \(3, 4, 5\); .* begin a new one"),
        ((2, 1, 1, 5), r"= \(2, 4, 5\) and the new ones have \(2, 1, 5\)"),
        (
            (2, 4, 6, 3),
            r"the cache holds rows of \(batch, groups, size\) = \(2, 4, 5\) and the new ones have \(2, 4, 3\)",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_change_nothing(shape, message):
    cache = KVCache()
    cache.extend(*rows(2, 4, 3, 5))
    with pytest.raises(ValueError, match=message):
        cache.extend(*rows(*shape))
    assert cache.length == cache.num_rows == 3
    assert cache.extend(*rows(2, 4, 1, 5))[0].shape == (2, 4, 4, 5)


def test_new_rows_carry_a_gradient_and_cached_ones_do_not():
    cache = KVCache()
    first, second = (torch.randn(1, 2, 3, 4, requires_grad=True) for _ in range(2))
    cache.extend(first, first)
    keys, values, _ = cache.extend(second, 2 * second)
    old, new = torch.autograd.grad((keys + values).sum(), (first, second), allow_unused=True)
    assert old is None
    assert torch.equal(new, torch.full_like(second, 3.0))


@pytest.mark.parametrize("trained", ["key", "value", "both"])
def test_no_gradient_history_is_kept(trained):
    cache = KVCache()
    for _ in range(3):
        key, value = rows(1, 2, 1, 4)
        key.requires_grad_(trained != "value")
        value.requires_grad_(trained != "key")
        cache.extend(key, value)
    keys, values, _ = cache.extend(*rows(1, 2, 1, 4))
    assert not keys.requires_grad
    assert not values.requires_grad


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_rows_keep_their_dtype(dtype):
    cache = KVCache()
    for new in (5, 1, 70):
        keys, values, _ = cache.extend(*(part.to(dtype) for part in rows(1, 1, new, 2)))
        assert keys.dtype == values.dtype == dtype


# Attention with a cache


ATTENTIONS = {
    "causal": {},
    "grouped": {"num_groups": 2},
    "window": {"rule": Window(4)},
    "own rule": {"rule": lambda distance: (distance >= 0) & (distance != 2)},
    "rotary": {"rotary": lambda x, positions: x * torch.cos(positions / 3)[:, None].to(x)},
}


@pytest.mark.parametrize("options", ATTENTIONS.values(), ids=ATTENTIONS)
@pytest.mark.parametrize("chunks", CHUNKINGS, ids=str)
@pytest.mark.parametrize("batch", [1, 3])
def test_cached_attention_equals_uncached(chunks, batch, options):
    attention = MultiHeadSelfAttention(24, 6, **options).double()
    x = torch.randn(batch, sum(chunks), 24, dtype=torch.float64)
    torch.testing.assert_close(fed(attention, x, chunks, attention.new_cache()), attention(x), **CLOSE)


@settings(deadline=None, max_examples=30)
@given(chunks=chunkings, window=st.integers(1, 12), batch=st.integers(1, 3))
def test_cached_windows_of_any_size_equal_uncached(chunks, window, batch):
    attention = MultiHeadSelfAttention(8, 2, rule=Window(window)).double()
    x = torch.randn(batch, sum(chunks), 8, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(fed(attention, x, chunks, attention.new_cache()), attention(x), **CLOSE)


def test_two_texts_in_turns_keep_apart():
    attention = MultiHeadSelfAttention(8, 2).double()
    texts = torch.randn(2, 9, 8, dtype=torch.float64), torch.randn(3, 9, 8, dtype=torch.float64)
    caches = attention.new_cache(), attention.new_cache()
    pieces = [
        [attention(text[:, i : i + 3], cache) for text, cache in zip(texts, caches, strict=True)] for i in (0, 3, 6)
    ]
    for text, results in zip(texts, zip(*pieces, strict=True), strict=True):
        torch.testing.assert_close(torch.cat(results, dim=1), attention(text), **CLOSE)


def test_the_first_chunk_trains_as_without_a_cache():
    attention = MultiHeadSelfAttention(8, 2).double()
    x = torch.randn(2, 5, 8, dtype=torch.float64)
    cached, uncached = (
        torch.autograd.grad(attention(x, cache).square().sum(), list(attention.parameters()))
        for cache in (attention.new_cache(), None)
    )
    for mine, expected in zip(cached, uncached, strict=True):
        torch.testing.assert_close(mine, expected, **CLOSE)


def test_a_cache_of_another_batch_is_refused():
    attention = MultiHeadSelfAttention(8, 2)
    cache = attention.new_cache()
    attention(torch.randn(2, 3, 8), cache)
    with pytest.raises(ValueError, match=r"= \(2, 2, 4\) and the new ones have \(1, 2, 4\); a cache serves one model"):
        attention(torch.randn(1, 1, 8), cache)


# The whole model with a cache


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("chunks", CHUNKINGS, ids=str)
def test_a_cached_model_equals_the_uncached(chunks, batch):
    model = small_gpt2()
    for _ in range(2):  # two prompts in a row
        ids = torch.randint(11, (batch, sum(chunks)))
        torch.testing.assert_close(fed(model, ids, chunks, model.new_cache()), model(ids), **CLOSE)


@settings(deadline=None, max_examples=25)
@given(chunks=chunkings, batch=st.integers(1, 3), seed=st.integers(0, 9))
def test_a_cached_model_equals_the_uncached_for_any_chunks(chunks, batch, seed):
    model = small_gpt2()
    ids = torch.randint(11, (batch, sum(chunks)), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        torch.testing.assert_close(fed(model, ids, chunks, model.new_cache()), model(ids), **CLOSE)


@torch.no_grad()
def test_a_text_that_fills_the_context_outgrows_the_first_buffer():
    model = small_gpt2()
    ids = torch.randint(11, (2, 150))
    torch.testing.assert_close(fed(model, ids, [60, *[1] * 90], model.new_cache()), model(ids), **CLOSE)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_cache_with_another_number_of_layers_is_refused(number):
    model = small_gpt2()
    cache = [KVCache() for _ in range(number)]
    with pytest.raises(ValueError, match=rf"cache has {number} layers and the model 2; use model.new_cache\(\)"):
        model(torch.zeros(1, 2, dtype=torch.long), cache)


def test_a_cached_text_cannot_be_longer_than_the_context():
    model = small_gpt2()
    cache = model.new_cache()
    model(torch.zeros(1, 149, dtype=torch.long), cache)
    with pytest.raises(ValueError, match="input_ids reach to token 151 of the text; context_size = 150 is the most"):
        model(torch.zeros(1, 2, dtype=torch.long), cache)
    assert cache[0].length == 149
    assert model(torch.zeros(1, 1, dtype=torch.long), cache).shape == (1, 1, 11)


def test_a_later_chunk_keeps_no_gradient_history_of_the_first():
    model = small_gpt2()
    cache = model.new_cache()
    with torch.no_grad():
        model(torch.tensor([[1, 2, 3]]), cache)
    alone = model(torch.tensor([[4]]), cache)
    gradients = torch.autograd.grad(alone.sum(), [model.position_embedding.weight])[0]
    assert gradients.abs().sum(1).nonzero().flatten().tolist() == [3]
