"""One head of one sequence written out; torch.vmap twice."""
import torch


def single(q, k, v):
    s = q @ k.T / q.shape[-1] ** 0.5
    later = torch.arange(len(q))[:, None] < torch.arange(len(q))[None]
    return torch.softmax(torch.where(later, float("-inf"), s), dim=1) @ v


causal_attention_over_heads = torch.vmap(torch.vmap(single))


def causal_attention(query, key, value):
    return causal_attention_over_heads(query, key, value)
