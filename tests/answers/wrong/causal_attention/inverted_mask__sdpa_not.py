"""Negates the mask on its way into SDPA."""
import torch
from torch.nn.functional import scaled_dot_product_attention as sdpa


def causal_attention(query, key, value):
    tril = torch.tril(torch.ones(query.size(2), key.size(2))).bool()
    return sdpa(query, key, value, attn_mask=~tril)
