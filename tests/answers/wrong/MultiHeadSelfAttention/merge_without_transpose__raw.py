"""Raw parameters, reshape without transpose."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        bound = embed_size ** -0.5
        self.qkv = nn.Parameter(torch.empty(3, embed_size, embed_size).uniform_(-bound, bound))
        self.out = nn.Parameter(torch.empty(embed_size, embed_size).uniform_(-bound, bound))
        self.heads = num_heads

    def forward(self, x):
        batch, seq, embed = x.shape
        projected = torch.einsum("bse,ref->rbsf", x, self.qkv)
        q, k, v = projected.view(3, batch, seq, self.heads, embed // self.heads).transpose(2, 3)
        scores = q @ k.transpose(-2, -1)
        scores = scores / q.size(-1) ** 0.5
        allowed = torch.ones(seq, seq, device=x.device, dtype=torch.bool).tril_()
        scores = scores.masked_fill(allowed.logical_not(), float("-inf"))
        mixed = scores.softmax(dim=-1) @ v
        return mixed.reshape(batch, seq, embed) @ self.out
