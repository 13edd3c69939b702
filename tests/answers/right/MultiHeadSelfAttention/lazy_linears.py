"""nn.LazyLinear layers that learn their input size at the first call."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.LazyLinear(embed_size, bias=False)
        self.k = nn.LazyLinear(embed_size, bias=False)
        self.v = nn.LazyLinear(embed_size, bias=False)
        self.o = nn.LazyLinear(embed_size, bias=False)

    def forward(self, x):
        n = x.shape[1]
        hidden = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
        q, k, v = (
            layer(x).unflatten(2, (self.num_heads, -1)).transpose(1, 2).flatten(0, 1)
            for layer in (self.q, self.k, self.v)
        )
        scores = torch.bmm(q, k.mT) * q.size(2) ** -0.5
        weights = scores.masked_fill(hidden, -1e6).softmax(2)
        heads = torch.bmm(weights, v).unflatten(0, (-1, self.num_heads))
        return self.o(heads.transpose(1, 2).flatten(2))
