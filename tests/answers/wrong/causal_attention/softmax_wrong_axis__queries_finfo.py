"""Takes the softmax over the queries in its einsum layout."""
import torch


def causal_attention(q, k, v):
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) * q.shape[-1] ** -0.5
    scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1) > 0, torch.finfo(q.dtype).min)
    weights = scores.softmax(dim=2)
    return torch.einsum("bhqk,bhkd->bhqd", weights, v)
