"""Queries and keys each scaled by size ** -0.25, as in Whisper."""
import torch
from torch import nn, Tensor


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size: int, num_heads: int):
        super().__init__()
        self.heads, self.size = num_heads, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size, bias=False)
        self.value = nn.Linear(embed_size, embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, _ = x.shape
        shape = (batch, length, self.heads, self.size)
        factor = self.size ** -0.25
        query = factor * self.query(x).view(shape)
        key = factor * self.key(x).view(shape)
        value = self.value(x).view(shape)
        never = torch.full((length, length), -torch.inf, device=x.device)
        scores = torch.einsum("nqhd,nkhd->nhqk", query, key) + never.triu(1)
        mixed = torch.einsum("nhqk,nkhd->nqhd", scores.softmax(3), value)
        return self.out(mixed.reshape(x.shape))
