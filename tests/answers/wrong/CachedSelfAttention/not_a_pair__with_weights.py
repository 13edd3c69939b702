"""The attention weights come back as well."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.inward = nn.Linear(embed_size, 3 * embed_size)
        self.outward = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        q, k, v = self.inward(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        if cache:
            k, v = torch.cat([cache["k"], k], 2), torch.cat([cache["v"], v], 2)
        past = k.shape[2] - q.shape[2]
        weights = torch.softmax(
            (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(q.shape[2], k.shape[2]).triu(past + 1) > 0, -1e9), -1
        )
        return self.outward((weights @ v).transpose(1, 2).flatten(2)), weights, {"k": k, "v": v}
