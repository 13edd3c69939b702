"""The layers are made with dtype=torch.float32."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        layer = lambda width: nn.Linear(embed_size, width, dtype=torch.float32)
        self.qkv, self.o = layer(3 * embed_size), layer(embed_size)

    def forward(self, x):
        q, k, v = (part.unflatten(-1, (self.h, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        far = torch.arange(x.shape[1])[:, None] - torch.arange(x.shape[1])
        scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill((far < 0) | (far >= self.w), -torch.inf)
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))
