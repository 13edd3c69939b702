"""How well a text is known: bits per byte, of a model and of what it must beat."""

import gzip
import lzma
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref.training.corpus import Corpus


@torch.no_grad()
def bits_per_byte(
    model: nn.Module,
    ids: np.ndarray | Tensor,
    bytes_of: Tensor,
    context_size: int,
    limit: int | None = None,
    batch_size: int = 16,
) -> float:
    """The bits that the model needs for a byte of the text, as a mean.

    ids       1-D, the tokens of the text
    bytes_of  (vocab,), the bytes that a token stands for

    The text is cut into sequences of `context_size` tokens, and each token is predicted from those before it in its
    sequence; what the first token of the text costs is left out. With a limit, only so many sequences, spread
    evenly, are looked at. Bits per byte do not depend on the tokenizer, bits per token do.
    """
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    starts = np.arange(0, len(ids) - 1, context_size)
    if limit is not None and len(starts) > limit:
        starts = starts[np.linspace(0, len(starts) - 2, limit).round().astype(int)]
    nats, num_bytes = 0.0, 0
    for chunk in batches(starts, batch_size, whole=len(ids) - 1 - context_size):
        rows = [torch.as_tensor(np.asarray(ids[start : start + context_size + 1]).astype(np.int64)) for start in chunk]
        row = torch.stack(rows)
        targets = row[:, 1:]
        logits = model(row[:, :-1].to(device)).float().cpu()
        nats += F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum").item()
        num_bytes += int(bytes_of[targets].sum())
    model.train(was_training)
    return nats / math.log(2) / max(num_bytes, 1)


def batches(starts: np.ndarray, batch_size: int, whole: int) -> list[np.ndarray]:
    """Groups of starts whose sequences are equally long: full ones together, the shorter last one alone."""
    full, short = starts[starts <= whole], starts[starts > whole]
    groups = [full[first : first + batch_size] for first in range(0, len(full), batch_size)]
    return groups + [short[i : i + 1] for i in range(len(short))]


def baselines(corpus: Corpus) -> dict[str, float]:
    """Bits per byte of the held-out text, for ways to predict or press it that know no more than the model did.

    unigram, bigram  the frequencies of tokens, and of pairs of tokens, in the training text; a pair that was never
                     seen leans on its second token's frequency, with the weight that suits the held-out text best
    gzip, xz         the held-out text pressed by itself, at the highest level
    xz, primed       what xz adds for the held-out text when it has pressed the training text just before
    """
    text, before = corpus.held_out_text(), corpus.training_text()
    per_byte = 1 / max(len(text), 1)
    unigram, bigram = token_frequencies(corpus)
    primed = len(pressed(before + text)) - len(pressed(before))
    return {
        "unigram": unigram * per_byte,
        "bigram": bigram * per_byte,
        "gzip": 8 * len(gzip.compress(text, 9, mtime=0)) * per_byte,
        "xz": 8 * len(pressed(text)) * per_byte,
        "xz, primed": 8 * primed * per_byte,
    }


def pressed(text: bytes) -> bytes:
    """xz at its best, with a dictionary that reaches over the whole text."""
    size = max(1 << 16, min(1 << 29, 1 << len(text).bit_length()))
    return lzma.compress(
        text, filters=[{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": size}]
    )


def token_frequencies(corpus: Corpus) -> tuple[float, float]:
    """The bits of the whole held-out text from frequencies of tokens, and of pairs of tokens."""
    size = corpus.vocab_size
    known, new = corpus.training.astype(np.int64), corpus.held_out.astype(np.int64)
    counts = np.bincount(known, minlength=size)
    alone = (counts + 1) / (counts.sum() + size)
    pairs, seen = np.unique(known[:-1] * size + known[1:], return_counts=True)
    wanted = new[:-1] * size + new[1:]
    place = np.searchsorted(pairs, wanted).clip(max=len(pairs) - 1)
    together = np.where(pairs[place] == wanted, seen[place], 0)
    before, after = counts[new[:-1]], alone[new[1:]]
    best = min(-np.log2((together + lean * after) / (before + lean)).sum() for lean in 2.0 ** np.arange(1, 13))
    return float(-np.log2(alone[new]).sum()), float(best)
