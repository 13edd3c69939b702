"""F.dropout without training=self.training."""
import torch
from torch import nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super(MultiHeadSelfAttention, self).__init__()
        self.heads, self.size = num_heads, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size, bias=False)
        self.key = nn.Linear(embed_size, embed_size, bias=False)
        self.value = nn.Linear(embed_size, embed_size, bias=False)
        self.out = nn.Linear(embed_size, embed_size, bias=False)

    def per_head(self, layer, x):
        return layer(x).unflatten(2, (self.heads, self.size)).transpose(1, 2)

    def forward(self, x):
        q, k, v = (self.per_head(layer, x) for layer in (self.query, self.key, self.value))
        scores = torch.matmul(q, k.transpose(2, 3)) * self.size ** -0.5
        n = x.size(1)
        future = torch.triu(torch.ones(n, n, dtype=torch.bool, device=x.device), diagonal=1)
        scores = F.softmax(scores.masked_fill(future, -torch.inf), dim=-1)
        scores = F.dropout(scores, 0.1)
        mixed = torch.matmul(scores, v)                      # b h n d
        mixed = mixed.permute(0, 2, 1, 3).reshape(x.shape)    # b n (h d)
        return self.out(mixed)
