"""Uses einops for the products and for the key."""
import torch
from einops import einsum, rearrange


def causal_attention(query, key, value):
    size = query.shape[-1]
    scores = query @ rearrange(key, "batch heads key size -> batch heads size key")
    scores = scores * size**-0.5
    future = torch.triu(torch.ones_like(scores, dtype=torch.bool), diagonal=1)
    scores[future] = float("-inf")
    weights = scores.softmax(dim=-1)
    return einsum(weights, value, "batch heads query key, batch heads key size -> batch heads query size")
