"""Raw parameters and no mask."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.heads = num_heads
        self.wte = nn.Parameter(torch.randn(vocab_size, embed_size))
        self.wpe = nn.Parameter(torch.randn(context_size, embed_size))
        self.attention = nn.Parameter(torch.randn(num_layers, 4, embed_size, embed_size) * 0.1)
        self.up = nn.Parameter(torch.randn(num_layers, embed_size, hidden_size) * 0.1)
        self.down = nn.Parameter(torch.randn(num_layers, hidden_size, embed_size) * 0.1)
        self.scale = nn.Parameter(torch.ones(2 * num_layers + 1, embed_size))
        self.shift = nn.Parameter(torch.zeros(2 * num_layers + 1, embed_size))

    def norm(self, x, number):
        return F.layer_norm(x, x.shape[-1:], self.scale[number], self.shift[number])

    def forward(self, ids):
        b, t = ids.shape
        x = self.wte[ids] + self.wpe[:t]
        for i, (wq, wk, wv, wo) in enumerate(self.attention):
            y = self.norm(x, 2 * i)
            q, k, v = ((y @ w).view(b, t, self.heads, -1).transpose(1, 2) for w in (wq, wk, wv))
            y = F.scaled_dot_product_attention(q, k, v)
            x = x + y.transpose(1, 2).reshape(b, t, -1) @ wo
            x = x + F.gelu(self.norm(x, 2 * i + 1) @ self.up[i], approximate="tanh") @ self.down[i]
        return self.norm(x, -1) @ self.wte.T
