"""bmm of folded heads without scaling."""
import math
import torch
from torch import nn, bmm


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.H = num_heads
        self.D = embed_size // num_heads
        self.linear_q = nn.Linear(embed_size, embed_size)
        self.linear_k = nn.Linear(embed_size, embed_size)
        self.linear_v = nn.Linear(embed_size, embed_size)
        self.linear_o = nn.Linear(embed_size, embed_size)

    def fold(self, t, B, N):
        t = t.view(B, N, self.H, self.D).transpose(1, 2).contiguous()
        return t.view(B * self.H, N, self.D)

    def forward(self, x):
        B, N, E = x.shape
        q = self.fold(self.linear_q(x), B, N)
        k = self.fold(self.linear_k(x), B, N)
        v = self.fold(self.linear_v(x), B, N)
        attn = bmm(q, k.transpose(1, 2))
        mask = torch.triu(torch.ones(N, N, device=x.device), diagonal=1).bool().unsqueeze(0)
        attn = attn.masked_fill(mask, float("-inf")).softmax(dim=-1)
        y = bmm(attn, v).view(B, self.H, N, self.D).transpose(1, 2).contiguous().view(B, N, E)
        return self.linear_o(y)
