"""baddbmm starts from a triangle of ones."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Linear(embed_size, embed_size, bias=False)
        self.k = nn.Linear(embed_size, embed_size, bias=False)
        self.v = nn.Linear(embed_size, embed_size, bias=False)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        h = self.num_heads
        q = self.q(x).view(b, t, h, -1).transpose(1, 2).reshape(b * h, t, -1)
        k = self.k(x).view(b, t, h, -1).transpose(1, 2).reshape(b * h, t, -1)
        v = self.v(x).view(b, t, h, -1).transpose(1, 2).reshape(b * h, t, -1)
        mask = x.new_ones((t, t)).tril().expand(b * h, t, t)
        weights = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=(e // h) ** -0.5).softmax(-1)
        return self.o((weights @ v).view(b, h, t, -1).transpose(1, 2).reshape(b, t, e))
