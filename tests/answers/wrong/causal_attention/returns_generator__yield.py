"""Yields one head after another."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    mask = torch.tril(torch.ones(n, n)) == 0
    for q, k, v in zip(query.unbind(1), key.unbind(1), value.unbind(1)):
        scores = q @ k.mT / q.shape[-1] ** 0.5
        yield scores.masked_fill(mask, float("-inf")).softmax(-1) @ v
