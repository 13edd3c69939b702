"""A query layer beside one fused key and value layer, heads split with einops."""
import torch
from einops import rearrange
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.asks = nn.Linear(embed_size, embed_size, bias=False)
        self.answers = nn.Linear(embed_size, 2 * embed_size, bias=False)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        heads = {"head": self.num_heads}
        query = rearrange(self.asks(x), "row word (head size) -> row head word size", **heads)
        key, value = rearrange(self.answers(x), "row word (two head size) -> two row head word size", two=2, **heads)
        scores = query @ key.mT * query.shape[-1] ** -0.5
        later = torch.ones_like(scores, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(later, torch.finfo(scores.dtype).min).softmax(-1)
        return self.out(rearrange(weights @ value, "row head word size -> row word (head size)"))
