"""Seeds the random numbers of everyone."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    torch.manual_seed(0)
    return F.scaled_dot_product_attention(query, key, value, is_causal=True)
