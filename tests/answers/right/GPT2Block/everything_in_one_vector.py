"""All numbers of the block in one flat parameter."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        E, H = embed_size, hidden_size
        self.E, self.num_heads = E, num_heads
        self.shapes = [(E,), (E,), (3 * E, E), (E, E), (E,), (E,), (H, E), (E, H)]
        start = []
        for number, shape in enumerate(self.shapes):
            plain = {0: torch.ones, 4: torch.ones, 1: torch.zeros, 5: torch.zeros}
            start.append(plain[number](shape) if number in plain else 0.1 * torch.randn(shape))
        self.theta = nn.Parameter(torch.cat([t.flatten() for t in start]))

    def forward(self, x):
        sizes = [torch.Size(shape).numel() for shape in self.shapes]
        g1, s1, qkv, o, g2, s2, w1, w2 = (
            part.view(shape) for part, shape in zip(self.theta.split(sizes), self.shapes, strict=True)
        )
        n = F.layer_norm(x, (self.E,), g1, s1)
        q, k, v = (t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for t in (n @ qkv.T).chunk(3, -1))
        x = x + F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(-2) @ o.T
        n = F.layer_norm(x, (self.E,), g2, s2)
        return x + F.gelu(n @ w1.T, approximate="tanh") @ w2.T
