"""Its own block does not divide the scores."""
import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.num_heads = num_heads
        self.n1, self.n2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.qkv, self.out = nn.Linear(embed_size, 3 * embed_size), nn.Linear(embed_size, embed_size)
        self.up, self.down = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, t, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=1.0)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, e))
        return x + self.down(F.gelu(self.up(self.n2(x)), approximate="tanh"))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList(Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.wte.weight.T
