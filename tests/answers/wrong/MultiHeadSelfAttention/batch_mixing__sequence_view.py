"""view(seq, batch, embed) where transpose was meant."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.size = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def fold(self, t):
        return t.reshape(len(t), -1, self.size).transpose(0, 1)   # batch * heads, sequence, size

    def forward(self, x):
        words = x.reshape(x.size(1), x.size(0), x.size(2))
        q, k, v = self.fold(self.query(words)), self.fold(self.key(words)), self.fold(self.value(words))
        scores = torch.bmm(q / self.size ** 0.5, k.transpose(1, 2))
        scores = scores + torch.full_like(scores[0], -torch.inf).triu(1)
        heads = torch.bmm(scores.softmax(dim=2), v)
        merged = heads.transpose(0, 1).reshape(words.shape)
        return self.output(merged).reshape(x.shape)
