"""Weights from N(0, 0.02), the output's scaled down for twelve layers, biases zero."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_layers=12):
        super().__init__()
        self.num_heads = num_heads
        self.inwards = nn.Linear(embed_size, 3 * embed_size)
        self.outwards = nn.Linear(embed_size, embed_size)
        # every layer adds to the residual stream twice
        for layer, std in ((self.inwards, 0.02), (self.outwards, 0.02 / (2 * num_layers) ** 0.5)):
            nn.init.normal_(layer.weight, std=std)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        e = x.size(-1)
        qkv = self.inwards(x)
        roles = qkv[:, :, :e], qkv[:, :, e:-e], qkv[:, :, -e:]
        q, k, v = (torch.stack(role.split(e // self.num_heads, dim=-1), dim=1) for role in roles)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.outwards(torch.cat(y.unbind(1), dim=-1))
