"""num_heads taken for the head size."""
import torch
import torch.nn as nn


def causal_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / query.size(-1) ** 0.5
    n = query.size(-2)
    mask = torch.tril(torch.ones(n, n, dtype=torch.bool, device=query.device))
    scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ value


class MultiHeadSelfAttention(nn.Module):
    """Project, split into heads, attend, merge, project."""

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, sequence, embed = x.shape
        split = lambda t: t.view(batch, sequence, -1, self.num_heads).transpose(1, 2)
        attended = causal_attention(split(self.query(x)), split(self.key(x)), split(self.value(x)))
        return self.output(attended.transpose(1, 2).reshape(batch, sequence, embed))
