"""What attention returns is halved before it is added."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class Attn(nn.Module):
    def __init__(self, d, h, block_size=1024, dropout=0.1):
        super().__init__()
        self.h = h
        self.c_attn = nn.Linear(d, 3 * d)
        self.c_proj = nn.Linear(d, d)
        self.ad = nn.Dropout(dropout)
        self.rd = nn.Dropout(dropout)
        self.register_buffer("bias", torch.tril(torch.ones(block_size, block_size)).view(1, 1, block_size, block_size))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(C, dim=2)
        k = k.view(B, T, self.h, C // self.h).transpose(1, 2)
        q = q.view(B, T, self.h, C // self.h).transpose(1, 2)
        v = v.view(B, T, self.h, C // self.h).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
        y = self.ad(att.softmax(-1)) @ v
        return self.rd(self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C)))


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_1 = nn.LayerNorm(embed_size)
        self.ln_2 = nn.LayerNorm(embed_size)
        self.attn = Attn(embed_size, num_heads)
        self.mlp = nn.ModuleDict(
            dict(
                fc=nn.Linear(embed_size, hidden_size),
                act=nn.GELU("tanh"),
                proj=nn.Linear(hidden_size, embed_size),
                drop=nn.Dropout(0.1),
            )
        )

    def mlpf(self, x):
        m = self.mlp
        return m.drop(m.proj(m.act(m.fc(x))))

    def forward(self, x):
        x = x + 0.5 * self.attn(self.ln_1(x))
        x = x + self.mlpf(self.ln_2(x))
        return x
