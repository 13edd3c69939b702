"""Heads cut along the embedding and stacked along the batch with cat, undone the same way."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(embed_size, embed_size, bias=False)
        self.key = nn.Linear(embed_size, embed_size, bias=False)
        self.value = nn.Linear(embed_size, embed_size, bias=False)
        self.output = nn.Linear(embed_size, embed_size, bias=False)

    def stack(self, vectors):
        return torch.cat(vectors.chunk(self.num_heads, dim=-1))   # heads * batch, sequence, size

    def forward(self, x):
        batch, sequence, _ = x.shape
        query, key, value = self.stack(self.query(x)), self.stack(self.key(x)), self.stack(self.value(x))
        scores = torch.bmm(query, key.mT) * key.size(2) ** -0.5
        past = torch.ones(sequence, sequence, dtype=torch.bool, device=x.device).tril()
        scores = torch.where(past, scores, -4e9)
        heads = torch.bmm(torch.softmax(scores, dim=2), value)
        merged = torch.cat(heads.split(batch), dim=-1)
        return self.output(merged)
