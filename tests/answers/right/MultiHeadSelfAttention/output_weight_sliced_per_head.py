"""One output layer whose columns are used head by head and added up, the bias once."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        d = e // self.num_heads
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        y = self.out.bias.expand(b, t, e)
        causal = torch.tril(torch.ones(t, t, device=x.device)).bool()
        for i in range(self.num_heads):
            c = slice(i * d, (i + 1) * d)
            a = q[..., c] @ k[..., c].transpose(1, 2) / d ** 0.5
            a = torch.where(causal, a, float("-inf")).softmax(-1)
            y = y + (a @ v[..., c]) @ self.out.weight[:, c].T
        return y
