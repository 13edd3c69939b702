"""Scales the query before SDPA, which scales again."""
import torch.nn.functional as F


def causal_attention(query, key, value):
    query = query * query.shape[-1] ** -0.5
    return F.scaled_dot_product_attention(query, key, value, is_causal=True)
