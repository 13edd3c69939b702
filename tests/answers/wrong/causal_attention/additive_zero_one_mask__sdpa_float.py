"""Hands SDPA a triangle of ones in floats, which it adds."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    n = query.shape[2]
    mask = torch.ones(n, n, dtype=query.dtype).tril()
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
