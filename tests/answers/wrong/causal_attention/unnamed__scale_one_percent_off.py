"""The scores are larger by 1 %."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    s = 1.01 * query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    return s.masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf).softmax(-1) @ value
