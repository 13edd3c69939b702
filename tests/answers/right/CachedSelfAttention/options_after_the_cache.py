"""More optional arguments after the cache; dropout on the weights."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, dropout=0.1, bias=True):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value = (nn.Linear(embed_size, embed_size, bias=bias) for _ in range(3))
        self.output = nn.Linear(embed_size, embed_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, layer_past=None, mask=None, use_cache=True):
        query, key, value = (
            layer(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        if layer_past is not None:
            past_key, past_value = layer_past
            key = torch.cat((past_key, key), dim=-2)
            value = torch.cat((past_value, value), dim=-2)
        present = (key, value) if use_cache else None
        if mask is None:
            offset = key.shape[-2] - query.shape[-2]
            mask = torch.ones(query.shape[-2], key.shape[-2], dtype=torch.bool).tril(offset)
        scores = (query @ key.mT / query.shape[-1] ** 0.5).masked_fill(~mask, float("-inf"))
        mixed = self.dropout(scores.softmax(-1)) @ value
        return self.output(mixed.transpose(1, 2).flatten(2)), present
