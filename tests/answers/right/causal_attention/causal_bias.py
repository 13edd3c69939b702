"""torch.nn.attention.bias.causal_lower_right as the mask."""
import torch.nn.functional as F
from torch.nn.attention.bias import causal_lower_right


def causal_attention(query, key, value):
    n = query.shape[-2]
    return F.scaled_dot_product_attention(query, key, value, attn_mask=causal_lower_right(n, n))
