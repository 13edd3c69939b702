"""The text is viewed as blocks of window_size, which other lengths do not allow."""
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q, k, v = self.qkv(x).view(b, n // self.w, self.w, 3, self.h, -1).permute(3, 0, 1, 4, 2, 5)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o(y.transpose(2, 3).reshape(b, n, e))
