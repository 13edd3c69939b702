"""Nothing but parameters: every layer's weights stacked, the arithmetic in functions."""
import torch
import torch.nn.functional as F
from torch import nn


def raw(*shape):
    return nn.Parameter(torch.randn(shape) * 0.05)


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.heads = num_heads
        self.wte, self.wpe = raw(vocab_size, embed_size), raw(context_size, embed_size)
        self.qkv, self.qkv_b = raw(num_layers, embed_size, 3 * embed_size), raw(num_layers, 3 * embed_size)
        self.o, self.o_b = raw(num_layers, embed_size, embed_size), raw(num_layers, embed_size)
        self.up, self.up_b = raw(num_layers, embed_size, hidden_size), raw(num_layers, hidden_size)
        self.down, self.down_b = raw(num_layers, hidden_size, embed_size), raw(num_layers, embed_size)
        self.scales = nn.Parameter(torch.ones(2 * num_layers + 1, embed_size))
        self.shifts = nn.Parameter(torch.zeros(2 * num_layers + 1, embed_size))

    def norm(self, x, number):
        return F.layer_norm(x, x.shape[-1:], self.scales[number], self.shifts[number])

    def forward(self, ids):
        b, t = ids.shape
        x = self.wte[ids] + self.wpe[:t]
        for i in range(len(self.qkv)):
            q, k, v = (self.norm(x, 2 * i) @ self.qkv[i] + self.qkv_b[i]).chunk(3, dim=-1)
            q, k, v = (y.view(b, t, self.heads, -1).transpose(1, 2) for y in (q, k, v))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, -1)
            x = x + y @ self.o[i] + self.o_b[i]
            x = x + F.gelu(self.norm(x, 2 * i + 1) @ self.up[i] + self.up_b[i], approximate="tanh") @ self.down[i]
            x = x + self.down_b[i]
        return self.norm(x, -1) @ self.wte.T
