"""Keys taken one at a time with a running maximum and a running sum, as in flash attention."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, n, embed = x.shape
        q, k, v = self.qkv(x).view(batch, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q = q / q.size(-1) ** 0.5
        place = torch.arange(n, device=x.device).view(n, 1)
        largest = torch.full_like(q[..., :1], -1e30)
        total = torch.zeros_like(largest)
        mixed = torch.zeros_like(q)
        for j in range(n):
            score = (q * k[:, :, j, None]).sum(-1, keepdim=True).masked_fill(place < j, -torch.inf)
            before, largest = largest, torch.maximum(largest, score)
            shrink = torch.exp(before - largest)
            weight = torch.exp(score - largest)
            total = shrink * total + weight
            mixed = shrink * mixed + weight * v[:, :, j, None]
        return self.out((mixed / total).transpose(1, 2).reshape(batch, n, embed))
