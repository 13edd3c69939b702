"""The text is padded to whole blocks, each block attends to itself, causally."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        w = self.window_size
        padded = F.pad(x, (0, 0, 0, -n % w))
        blocks = padded.reshape(-1, w, e)
        q, k, v = self.qkv(blocks).view(-1, w, 3, self.num_heads, e // self.num_heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(b, -1, e)[:, :n])
