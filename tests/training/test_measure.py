"""Bits per byte are what a loop over the tokens says, and the baselines are beaten fairly."""

import gzip
import math

import numpy as np
import pytest
import torch
from torch import nn

from gpt2_ref import training
from gpt2_ref.training import measure

MODEL = training.ModelSettings(vocab_size=300, embed_size=16, num_heads=2, num_layers=1, context_size=8)


class Uniform(nn.Module):
    """Knows nothing."""

    def __init__(self, vocab_size):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, ids):
        return self.logits.expand(*ids.shape, -1)


def test_who_knows_nothing_pays_the_logarithm_of_the_vocabulary(corpus):
    ids = corpus.held_out
    found = training.bits_per_byte(Uniform(corpus.vocab_size), ids, corpus.bytes_of, context_size=16)
    num_bytes = int(corpus.bytes_of[torch.from_numpy(ids[1:].astype(np.int64))].sum())
    assert found == pytest.approx((len(ids) - 1) * math.log2(corpus.vocab_size) / num_bytes)


@pytest.mark.parametrize("length", [2, 8, 9, 10, 17, 24, 25, 100])
@pytest.mark.parametrize("batch_size", [1, 3])
def test_every_token_is_predicted_once(corpus, length, batch_size):
    torch.manual_seed(0)
    model = MODEL.build()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    ids = corpus.held_out[:length]
    bits, num_bytes = 0.0, 0
    for place in range(1, length):
        start = (place - 1) // 8 * 8
        logits = model(torch.tensor([ids[start:place].astype(int).tolist()]))[0, -1]
        bits -= logits.log_softmax(-1)[int(ids[place])].item() / math.log(2)
        num_bytes += int(corpus.bytes_of[int(ids[place])])
    found = training.bits_per_byte(model, ids, corpus.bytes_of, 8, batch_size=batch_size)
    assert found == pytest.approx(bits / max(num_bytes, 1), rel=1e-5)


def test_a_limit_looks_at_sequences_from_everywhere(corpus):
    seen = []

    class Spy(Uniform):
        def forward(self, ids):
            seen.extend(ids[:, 0].tolist())
            return super().forward(ids)

    training.bits_per_byte(Spy(corpus.vocab_size), np.arange(200) % 300, corpus.bytes_of, 8, limit=5)
    assert len(seen) == 5
    assert seen == sorted(set(seen))
    assert seen[0] == 0
    assert seen[-1] >= 176


def test_the_model_is_left_as_it_was(corpus):
    model = Uniform(corpus.vocab_size).train()
    training.bits_per_byte(model, corpus.held_out[:50], corpus.bytes_of, 8)
    assert model.training
    training.bits_per_byte(model.eval(), corpus.held_out[:50], corpus.bytes_of, 8)
    assert not model.training


def test_baselines(corpus):
    found = training.baselines(corpus)
    text = corpus.held_out_text()
    assert found["gzip"] == pytest.approx(8 * len(gzip.compress(text, 9)) / len(text), rel=0.01)
    assert found["unigram"] > found["bigram"] > 0
    assert found["xz, primed"] < found["xz"]
    size, counts = corpus.vocab_size, np.bincount(corpus.training, minlength=corpus.vocab_size)
    by_hand = -sum(math.log2((counts[token] + 1) / (counts.sum() + size)) for token in corpus.held_out)
    assert found["unigram"] == pytest.approx(by_hand / len(text))


def test_a_bigram_leans_on_what_it_has_seen():
    """Of two tokens that always alternate, the next is certain; of pairs never seen, the unigram decides."""

    class Fake:
        vocab_size = 2
        training = np.array([0, 1] * 500, dtype=np.uint16)
        held_out = np.array([0, 1] * 50, dtype=np.uint16)

    unigram, bigram = measure.token_frequencies(Fake)
    assert unigram == pytest.approx(100, rel=0.01)
    assert bigram < 1
