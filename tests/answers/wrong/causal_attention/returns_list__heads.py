"""Returns a list with one tensor per head."""
import torch


def causal_attention(query, key, value):
    heads = []
    for h in range(query.shape[1]):
        q, k, v = query[:, h], key[:, h], value[:, h]
        s = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
        s = s.masked_fill(torch.ones(s.shape[1:]).triu(1).bool(), float("-inf"))
        heads.append(s.softmax(-1) @ v)
    return heads
