"""The constructor's arguments renamed to d_model and n_heads, forward's to h."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.d_model, self.n_heads = d_model, n_heads
        self.q = nn.Linear(d_model, d_model)
        self.k = nn.Linear(d_model, d_model)
        self.v = nn.Linear(d_model, d_model)
        self.o = nn.Linear(d_model, d_model)

    def forward(self, h):
        q, k, v = [
            f(h).reshape(*h.shape[:2], self.n_heads, self.d_model // self.n_heads).transpose(1, 2)
            for f in [self.q, self.k, self.v]
        ]
        dot = q @ k.transpose(-2, -1)
        dot = dot / torch.sqrt(torch.tensor(k.shape[-1], dtype=dot.dtype))
        dot = torch.where(torch.tril(torch.ones_like(dot)).bool(), dot, torch.tensor(float("-inf"), dtype=dot.dtype))
        return self.o((dot.softmax(-1) @ v).transpose(1, 2).reshape(h.shape))
