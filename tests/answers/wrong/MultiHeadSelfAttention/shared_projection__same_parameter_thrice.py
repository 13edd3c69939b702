"""Three layers that were tied to one weight."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        layer = nn.Linear(embed_size, embed_size)
        self.query, self.key, self.value = layer, layer, layer
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        split = lambda y: y.view(b, t, self.num_heads, -1).transpose(1, 2)
        y = F.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), is_causal=True
        )
        return self.output(y.transpose(1, 2).reshape(b, t, e))
