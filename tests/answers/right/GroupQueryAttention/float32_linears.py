"""The layers are made with dtype=torch.float32."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.d, self.share = embed_size // num_heads, num_heads // num_groups
        layer = lambda width: nn.Linear(embed_size, width, dtype=torch.float32)
        self.q, self.k, self.v, self.o = layer(embed_size), layer(num_groups * self.d), layer(num_groups * self.d), layer(embed_size)

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.d)).transpose(1, 2) for f in (self.q, self.k, self.v))
        k, v = k.repeat_interleave(self.share, 1), v.repeat_interleave(self.share, 1)
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        return self.o(((q @ k.mT / self.d**0.5).masked_fill(hidden, -torch.inf).softmax(-1) @ v).transpose(1, 2).flatten(2))
