"""Unpacks the shape with names in the wrong order and scales by the heads."""
import math

import torch.nn.functional as F


def causal_attention(query, key, value):
    batch, head_size, sequence, heads = query.shape
    return F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=1 / math.sqrt(head_size))
