"""Hands SDPA a mask of zeros and -inf to add."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    length = query.size(2)
    bias = torch.full((length, length), float("-inf"), dtype=query.dtype, device=query.device)
    bias = torch.triu(bias, diagonal=1)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=bias, dropout_p=0.0)
