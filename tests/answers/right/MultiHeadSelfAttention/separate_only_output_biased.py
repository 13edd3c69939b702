"""No biases but the output's, the mask a buffer, dropout."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, longest=1024, dropout=0.1, input_bias=False):
        super().__init__()
        size, rest = divmod(embed_size, num_heads)
        assert rest == 0, f"{num_heads} heads cannot share {embed_size} numbers evenly"
        self.shape = num_heads, size
        self.asks = nn.Linear(embed_size, embed_size, bias=input_bias)
        self.offers = nn.Linear(embed_size, embed_size, bias=input_bias)
        self.gives = nn.Linear(embed_size, embed_size, bias=input_bias)
        self.output = nn.Linear(embed_size, embed_size)
        self.drop = nn.Dropout(dropout)
        self.register_buffer("future", torch.ones(longest, longest).triu(1))

    def heads(self, vectors):
        return vectors.unflatten(2, self.shape).movedim(2, 1)

    def forward(self, x):
        q = self.heads(self.asks(x))
        k = self.heads(self.offers(x))
        v = self.heads(self.gives(x))
        scores = q @ k.mT
        n = x.size(1)
        scores[..., self.future[:n, :n] == 1] = -torch.inf
        weights = torch.softmax(scores / q.size(3) ** 0.5, dim=3)
        mixed = self.drop(weights) @ v
        return self.output(mixed.movedim(1, 2).flatten(2))
