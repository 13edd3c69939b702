"""Raw parameters (3, heads, embed, size), mixed by einsum."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        size = embed_size // num_heads
        self.inward = nn.Parameter(torch.randn(3, num_heads, embed_size, size) / embed_size**0.5)
        self.outward = nn.Parameter(torch.randn(num_heads, size, embed_size) / embed_size**0.5)

    def forward(self, x, cache=None):
        query, *new = torch.einsum("bne,phes->pbhns", x, self.inward)
        key, value = new if cache is None else (torch.cat(both, dim=2) for both in zip(cache, new))
        scores = torch.einsum("bhqs,bhks->bhqk", query, key) / query.shape[-1] ** 0.5
        age = torch.arange(key.shape[2] - x.shape[1], key.shape[2])[:, None] - torch.arange(key.shape[2])
        weights = scores.masked_fill(age < 0, -torch.inf).softmax(-1)
        return torch.einsum("bhqk,bhks,hse->bqe", weights, value, self.outward), (key, value)
