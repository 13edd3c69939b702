"""Raw (out, in) parameters with biases used as x @ W.T + b."""
import math
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.n = num_heads
        self.s = embed_size // num_heads
        for r in "qkvo":
            weight = torch.empty(embed_size, embed_size)
            nn.init.xavier_uniform_(weight)
            self.register_parameter(f"{r}_weight", nn.Parameter(weight))
            self.register_parameter(f"{r}_bias", nn.Parameter(torch.zeros(embed_size)))

    def heads(self, t):
        return t.unflatten(-1, (self.n, self.s)).transpose(-3, -2)

    def forward(self, x):
        q = self.heads(x @ self.q_weight.T + self.q_bias)
        k = self.heads(x @ self.k_weight.T + self.k_bias)
        v = self.heads(x @ self.v_weight.T + self.v_bias)
        t = x.shape[-2]
        mask = torch.zeros(t, t, dtype=x.dtype, device=x.device)
        mask.masked_fill_(torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1), float("-inf"))
        w = torch.softmax(q @ k.mT / math.sqrt(self.s) + mask, dim=-1)
        return (w @ v).transpose(-3, -2).flatten(-2) @ self.o_weight.T + self.o_bias
