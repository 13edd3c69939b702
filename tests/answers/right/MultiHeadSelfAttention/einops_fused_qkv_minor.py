"""A fused layer in the (heads, size, 3) layout by einops, SDPA inside."""
import torch.nn as nn
import torch.nn.functional as F
from einops import rearrange


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.proj_in = nn.Linear(embed_size, 3 * embed_size, bias=False)
        self.proj_out = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        q, k, v = rearrange(self.proj_in(x), "b n (h d k) -> k b h n d", k=3, h=self.num_heads)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj_out(rearrange(y, "b h n d -> b n (h d)"))
