"""Each block sees itself and the block before; what lies too far back is not cut off."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        n, parts = x.shape[1], []
        for start in range(0, n, self.w):
            end, low = min(start + self.w, n), max(0, start - self.w)
            scores = q[:, :, start:end] @ k[:, :, low:end].mT / q.shape[-1] ** 0.5
            later = torch.arange(low, end) > torch.arange(start, end)[:, None]
            parts.append(scores.masked_fill(later, -torch.inf).softmax(-1) @ v[:, :, low:end])
        return self.o(torch.cat(parts, dim=2).transpose(1, 2).flatten(2))
