"""Hands SDPA a boolean mask without the diagonal."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    visible = torch.tril(torch.ones(query.shape[-2], query.shape[-2], dtype=torch.bool), diagonal=-1)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=visible)
