"""A subclass of nn.Linear: its own weight is the fused projection."""
import torch.nn.functional as F
from torch import nn


class MultiHeadSelfAttention(nn.Linear):
    def __init__(self, embed_size, num_heads):
        super().__init__(embed_size, 3 * embed_size)
        self.num_heads = num_heads
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = super().forward(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        return self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
