"""1e-3 is added to head_size under the root."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    s = query @ key.transpose(-2, -1) / (query.shape[-1] + 1e-3) ** 0.5
    return s.masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf).softmax(-1) @ value
