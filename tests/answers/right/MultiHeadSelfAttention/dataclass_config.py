"""A small frozen dataclass of settings built inside the constructor."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class AttentionConfig:
    embed_size: int
    num_heads: int
    max_length: int = 1024
    bias: bool = True

    @property
    def head_size(self):
        return self.embed_size // self.num_heads


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.cfg = AttentionConfig(embed_size, num_heads)
        self.fused = nn.Linear(self.cfg.embed_size, 3 * self.cfg.embed_size, bias=self.cfg.bias)
        self.out = nn.Linear(self.cfg.embed_size, self.cfg.embed_size, bias=self.cfg.bias)
        n = self.cfg.max_length
        self.register_buffer("allowed", torch.ones(1, 1, n, n, dtype=torch.bool).tril())

    def forward(self, x):
        cfg = self.cfg
        batch, seq = x.shape[:2]
        q, k, v = (
            part.view(batch, seq, cfg.num_heads, cfg.head_size).transpose(1, 2)
            for part in self.fused(x).split(cfg.embed_size, dim=-1)
        )
        logits = torch.matmul(q, k.transpose(-1, -2)).mul(cfg.head_size ** -0.5)
        logits = torch.where(self.allowed[:, :, :seq, :seq], logits, -torch.inf)
        heads = torch.matmul(logits.softmax(dim=-1), v)
        return self.out(heads.transpose(1, 2).contiguous().view(batch, seq, cfg.embed_size))
