"""All four matrices in one ParameterDict."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.weights = nn.ParameterDict({
            role: nn.Parameter(nn.init.xavier_normal_(torch.empty(embed_size, embed_size)))
            for role in ("query", "key", "value", "output")
        })

    def project(self, x, role):
        return (x @ self.weights[role]).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x):
        q, k, v = (self.project(x, role) for role in ("query", "key", "value"))
        scores = q @ k.mT * q.shape[-1] ** -0.5
        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), -torch.inf)
        mixed = (torch.softmax(scores, dim=-1) @ v).transpose(1, 2).flatten(2)
        return mixed @ self.weights["output"]
