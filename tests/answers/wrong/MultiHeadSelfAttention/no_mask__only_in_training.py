"""The mask is applied in training mode only."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, max_len=512):
        super().__init__()
        self.num_heads = num_heads
        self.proj = nn.ModuleDict({name: nn.Linear(embed_size, embed_size) for name in "qkvo"})
        hidden = torch.ones(max_len, max_len, dtype=torch.bool).triu(1)
        self.register_buffer("hidden", hidden, persistent=False)

    def forward(self, x):
        b, t, e = x.shape
        heads = {n: self.proj[n](x).view(b, t, self.num_heads, -1).transpose(1, 2) for n in "qkv"}
        scores = heads["q"] @ heads["k"].transpose(-1, -2)
        scores = scores / heads["q"].size(-1) ** 0.5
        if self.training:
            scores = scores.masked_fill(self.hidden[:t, :t], torch.finfo(scores.dtype).min)
        y = F.softmax(scores, dim=-1) @ heads["v"]
        return self.proj["o"](y.transpose(1, 2).reshape(b, t, e))
