"""Each key head is copied with cat and stacked in a list."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        assert num_heads % num_groups == 0
        self.num_heads, self.num_groups = num_heads, num_groups
        self.size = embed_size // num_heads
        self.linears = nn.ModuleDict(
            {
                "query": nn.Linear(embed_size, embed_size),
                "key": nn.Linear(embed_size, num_groups * self.size),
                "value": nn.Linear(embed_size, num_groups * self.size),
                "output": nn.Linear(embed_size, embed_size),
            }
        )

    def copies(self, rows):
        copied = []
        for group in rows.split(self.size, dim=-1):
            copied += [group] * (self.num_heads // self.num_groups)
        return torch.stack(copied, dim=1)

    def forward(self, x):
        query = torch.stack(self.linears["query"](x).split(self.size, dim=-1), dim=1)
        key, value = self.copies(self.linears["key"](x)), self.copies(self.linears["value"](x))
        scores = query.matmul(key.transpose(2, 3)).div(self.size**0.5)
        later = torch.triu(torch.ones(scores.shape[-2:], dtype=torch.bool), diagonal=1)
        mixed = scores.masked_fill(later, float("-inf")).softmax(-1).matmul(value)
        return self.linears["output"](torch.cat(mixed.unbind(1), dim=-1))
