"""A loop that hides from i on instead of i + 1 on."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, seq, embed = x.shape
        result = torch.zeros_like(x)
        q, k, v = self.query(x), self.key(x), self.value(x)
        for h in range(self.num_heads):
            a, b = h * self.head_size, (h + 1) * self.head_size
            scores = q[:, :, a:b] @ k[:, :, a:b].transpose(1, 2) / self.head_size ** 0.5
            for i in range(seq):
                scores[:, i, i:] = float("-inf")
            result[:, :, a:b] = torch.softmax(scores, -1) @ v[:, :, a:b]
        return self.out(result)
