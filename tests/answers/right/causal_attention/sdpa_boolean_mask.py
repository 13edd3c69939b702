"""Hands SDPA a boolean mask, where True may attend."""
import torch
from torch.nn.functional import scaled_dot_product_attention


def causal_attention(query, key, value):
    n = query.shape[-2]
    may_attend = torch.ones(n, n, dtype=torch.bool, device=query.device).tril()
    return scaled_dot_product_attention(query, key, value, attn_mask=may_attend)
