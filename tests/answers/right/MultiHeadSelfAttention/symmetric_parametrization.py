"""A parametrization that only transposes: the stored weight is (in, out)."""
import torch
from torch import nn
from torch.nn.utils import parametrize


class Transposed(nn.Module):
    def forward(self, weight):
        return weight.T

    def right_inverse(self, weight):
        return weight.T


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        for layer in (self.q, self.k, self.v, self.o):
            parametrize.register_parametrization(layer, "weight", Transposed())

    def forward(self, x):
        b, t, e = x.shape
        with parametrize.cached():
            q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            return self.o(y.transpose(1, 2).reshape(b, t, e))
