"""Query and key weights are the real and imaginary parts of one complex parameter seen as real."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.qk = nn.Parameter(torch.randn(embed_size, embed_size, 2) / embed_size**0.5)
        self.v, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        z = torch.complex(x, torch.zeros_like(x)) @ torch.view_as_complex(self.qk)
        q, k, v = (y.view(b, t, self.h, -1).transpose(1, 2) for y in (z.real, z.imag, self.v(x)))
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o(y.transpose(1, 2).reshape(b, t, e))
