"""Five axes, key heads with an axis of length 1 that broadcasts."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_groups = num_groups
        self.head_dim = embed_size // num_heads
        kv = num_groups * self.head_dim
        self.q_lin, self.out_lin = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k_lin, self.v_lin = nn.Linear(embed_size, kv), nn.Linear(embed_size, kv)

    def forward(self, x):
        B, T, C = x.shape
        q = self.q_lin(x).view(B, T, self.num_groups, -1, self.head_dim).permute(0, 2, 3, 1, 4)
        k = self.k_lin(x).view(B, T, self.num_groups, 1, self.head_dim).permute(0, 2, 3, 1, 4)
        v = self.v_lin(x).view(B, T, self.num_groups, 1, self.head_dim).permute(0, 2, 3, 1, 4)
        att = (q @ k.transpose(-1, -2)) / self.head_dim**0.5
        att = att.masked_fill(torch.tril(torch.ones(T, T)) == 0, float("-inf"))
        y = torch.softmax(att, dim=-1) @ v
        return self.out_lin(y.permute(0, 3, 1, 2, 4).reshape(B, T, C))
