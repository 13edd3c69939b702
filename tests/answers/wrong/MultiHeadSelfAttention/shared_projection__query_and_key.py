"""Query and key come from the same layer."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.qk = nn.Linear(embed_size, embed_size, bias=False)
        self.v = nn.Linear(embed_size, embed_size, bias=False)
        self.o = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        b, t, e = x.shape
        q = self.qk(x).view(b, t, self.heads, -1).transpose(1, 2)
        k = self.qk(x).view(b, t, self.heads, -1).transpose(1, 2)
        v = self.v(x).view(b, t, self.heads, -1).transpose(1, 2)
        s = q @ k.transpose(2, 3) / (e // self.heads) ** 0.5
        s = s.masked_fill(torch.tril(torch.ones(t, t, device=x.device)) == 0, -1e9)
        return self.o((torch.softmax(s, -1) @ v).transpose(1, 2).reshape(b, t, e))
