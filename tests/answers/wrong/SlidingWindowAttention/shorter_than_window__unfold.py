"""unfold of a text that is shorter than the window."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        scale = q.shape[-1] ** -0.5
        begin = []
        for i in range(self.w - 1):
            begin.append((q[:, :, i : i + 1] @ k[:, :, : i + 1].mT * scale).softmax(-1) @ v[:, :, : i + 1])
        near_k, near_v = k.unfold(2, self.w, 1), v.unfold(2, self.w, 1)
        scores = torch.einsum("bhnd,bhndw->bhnw", q[:, :, self.w - 1 :], near_k) * scale
        rest = torch.einsum("bhnw,bhndw->bhnd", scores.softmax(-1), near_v)
        return self.o(torch.cat([*begin, rest], dim=2).transpose(1, 2).flatten(2))
