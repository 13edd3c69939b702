"""Tiles of queries and keys with a running maximum and sum."""
import torch


def causal_attention(query, key, value, tile=8):
    b, h, t, d = query.shape
    rows = []
    for i in range(0, t, tile):
        q = query[:, :, i : i + tile] / d**0.5
        top = q.new_full((*q.shape[:-1], 1), -1e30)
        total = torch.zeros_like(top)
        mixed = torch.zeros_like(value[:, :, i : i + tile])
        for j in range(0, i + tile, tile):
            k, v = key[:, :, j : j + tile], value[:, :, j : j + tile]
            s = q @ k.transpose(2, 3)
            if j == i:
                s = s.masked_fill(torch.ones_like(s[0, 0]).triu(1) > 0, float("-inf"))
            higher = torch.maximum(top, s.amax(-1, keepdim=True))
            e, keep = torch.exp(s - higher), torch.exp(top - higher)
            total = total * keep + e.sum(-1, keepdim=True)
            mixed = mixed * keep + e @ v
            top = higher
        rows.append(mixed / total)
    return torch.cat(rows, 2)
