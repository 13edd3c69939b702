"""The divisor is the head size, not its root."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads, self.size = num_heads, embed_size // num_heads
        self.divisor = self.size
        self.packed = nn.Linear(embed_size, 3 * embed_size)
        self.unpacked = nn.Linear(embed_size, embed_size)

    def forward(self, vectors):
        batch, length, width = vectors.shape
        packed = self.packed(vectors).view(batch, length, self.heads, 3 * self.size)
        query, key, value = packed.transpose(1, 2).split(self.size, dim=3)

        scores = torch.einsum("bhqs,bhks->bhqk", query, key) / self.divisor
        past = torch.ones(length, length, dtype=torch.bool, device=vectors.device).tril()
        lowest = torch.full_like(scores, torch.finfo(scores.dtype).min)
        scores = torch.where(past, scores, lowest)
        weights = torch.softmax(scores, dim=3)

        mixed = torch.einsum("bhqk,bhks->bqhs", weights, value)
        return self.unpacked(mixed.reshape(batch, length, width))
