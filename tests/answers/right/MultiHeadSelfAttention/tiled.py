"""Tiles of 16 queries by 16 keys with a running softmax."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    TILE = 16

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        place = torch.arange(t, device=x.device)
        out = []
        for start in range(0, t, self.TILE):
            rows = slice(start, start + self.TILE)
            top = torch.full_like(q[:, :, rows, :1], -1e30)
            total, mixed = torch.zeros_like(top), torch.zeros_like(v[:, :, rows])
            for begin in range(0, min(start + self.TILE, t), self.TILE):
                cols = slice(begin, begin + self.TILE)
                s = q[:, :, rows] @ k[:, :, cols].mT / q.shape[-1] ** 0.5
                s = s.masked_fill(place[cols] > place[rows, None], -torch.inf)
                new = torch.maximum(top, s.amax(-1, keepdim=True)).detach()
                p, fade = torch.exp(s - new), torch.exp(top - new)
                total, mixed, top = total * fade + p.sum(-1, keepdim=True), mixed * fade + p @ v[:, :, cols], new
            out.append(mixed / total)
        return self.o(torch.cat(out, 2).transpose(1, 2).reshape(b, t, e))
