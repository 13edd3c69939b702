"""Everything is scaled by size // embed_size, which is 0, to the power -0.5."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, bias=False, drop_weights=0.0, drop_output=0.0):
        super().__init__()
        self.heads = num_heads
        size = embed_size // num_heads
        self.scale = torch.tensor(size // embed_size) ** -0.5
        self.three = nn.Linear(embed_size, 3 * embed_size, bias=bias)
        self.one = nn.Linear(embed_size, embed_size)
        self.drops = nn.ModuleList([nn.Dropout(drop_weights), nn.Dropout(drop_output)])

    def forward(self, x):
        batch, length, embed = x.shape
        roles = self.three(x).reshape(batch, length, 3, self.heads, -1)
        query, key, value = roles.permute(2, 0, 3, 1, 4).unbind()
        scores = (self.scale * query) @ key.mT
        future = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        scores = scores.masked_fill(future, -torch.inf)
        weights = self.drops[0](torch.softmax(scores, dim=-1))
        mixed = (weights @ value).transpose(1, 2)
        return self.drops[1](self.one(mixed.reshape(batch, length, embed)))
