"""1 x 1 convolutions in two dimensions, heads as the height."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.qkv = nn.Conv2d(embed_size, 3 * embed_size, kernel_size=1)
        self.out = nn.ConvTranspose1d(embed_size, embed_size, kernel_size=1)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.qkv(x.transpose(1, 2)[..., None])[..., 0].view(b, 3, self.h, e // self.h, t).unbind(1)
        s = q.transpose(-1, -2) @ k / (e // self.h) ** 0.5
        p = s.masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf).softmax(-1)
        return self.out((v @ p.transpose(-1, -2)).reshape(b, e, t)).transpose(1, 2)
