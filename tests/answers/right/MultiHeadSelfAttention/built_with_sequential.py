"""Each projection a Sequential of a linear layer and an einops Rearrange layer."""
import torch
from einops.layers.torch import Rearrange
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, dropout=0.1):
        super().__init__()

        def role():
            split = Rearrange("row word (head size) -> row head word size", head=num_heads)
            return nn.Sequential(nn.Linear(embed_size, embed_size), split)

        self.query = role()
        self.key = role()
        self.value = role()
        self.output = nn.Sequential(
            Rearrange("row head word size -> row word (head size)"),
            nn.Linear(embed_size, embed_size),
            nn.Dropout(dropout),
        )

    def forward(self, x):
        query, key, value = self.query(x), self.key(x), self.value(x)
        scores = query @ key.mT / key.shape[-1] ** 0.5
        future = torch.ones(scores.shape[-2:], device=x.device).triu(1) > 0
        return self.output(scores.masked_fill(future, -torch.inf).softmax(-1) @ value)
