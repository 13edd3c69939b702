"""softmax with dtype=torch.float32, cast back; the scale is a FloatTensor attribute."""
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.root = torch.sqrt(torch.FloatTensor([embed_size // num_heads]))
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).permute(0, 2, 1, 3) for f in (self.q, self.k, self.v))
        energy = torch.matmul(q, k.permute(0, 1, 3, 2)) / self.root.to(x.device)
        energy = energy.masked_fill(torch.tril(torch.ones((t, t))).expand(b, 1, t, t) == 0, -1e10)
        attention = F.softmax(energy, dim=-1, dtype=torch.float32).to(v.dtype)
        return self.o(torch.matmul(attention, v).permute(0, 2, 1, 3).contiguous().view(b, -1, e))
