"""The last layer norm has an eps of 1e-6, all others 1e-5."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, d, h, f, p=0.0):
        super().__init__()
        self.h = h
        self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.o = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.fc, self.pr = nn.Linear(d, f), nn.Linear(f, d)
        self.p = p

    def forward(self, x):
        q, k, v = (t.unflatten(-1, (self.h, -1)).transpose(1, 2) for t in self.qkv(self.ln1(x)).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.p if self.training else 0.0)
        x = x + self.o(y.transpose(1, 2).flatten(2))
        return x + self.pr(F.gelu(self.fc(self.ln2(x)), approximate="tanh"))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.context_size = context_size
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.ln_f = nn.LayerNorm(embed_size, eps=1e-6)
        self.lm_head = nn.Linear(embed_size, vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, ids):
        b, t = ids.shape
        pos = torch.arange(t, device=ids.device)
        x = self.wte(ids) + self.wpe(pos)
        for block in self.blocks:
            x = block(x)
        x = self.ln_f(x)
        return self.lm_head(x)
