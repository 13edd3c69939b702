"""One fused query and key layer laid out per head, beside a value layer."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.qk = nn.Linear(embed_size, 2 * embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, length, width = x.shape
        size = width // self.heads
        q, k = self.qk(x).view(batch, length, self.heads, 2, size).permute(3, 0, 2, 1, 4)
        v = self.v(x).view(batch, length, self.heads, size).permute(0, 2, 1, 3)
        logits = q @ k.transpose(-2, -1) / size ** .5
        hidden = torch.arange(length, device=x.device).unsqueeze(0) > torch.arange(length, device=x.device).unsqueeze(1)
        logits[..., hidden] = float("-inf")
        mixed = logits.softmax(-1) @ v
        return self.out(mixed.permute(0, 2, 1, 3).reshape(batch, length, width))
