"""Inside the model the sequence comes first; blocks wrap torch's attention."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norm_a = nn.LayerNorm(embed_size)
        self.attention = nn.MultiheadAttention(embed_size, num_heads)
        self.norm_b = nn.LayerNorm(embed_size)
        self.mlp = nn.Sequential(
            nn.Linear(embed_size, hidden_size), nn.GELU(approximate="tanh"), nn.Linear(hidden_size, embed_size)
        )

    def forward(self, x, mask=None):
        y = self.norm_a(x)
        y, weights = self.attention(y, y, y, attn_mask=mask)
        x = x + y
        return x + self.mlp(self.norm_b(x)), weights


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList(Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        n = ids.shape[1]
        mask = torch.zeros(n, n).masked_fill(torch.ones(n, n).triu(1) == 1, float("-inf"))
        x = (self.wte(ids) + self.wpe(torch.arange(n))).transpose(0, 1)
        for block in self.blocks:
            x, _ = block(x, mask=mask)
        return (self.norm(x) @ self.wte.weight.T).transpose(0, 1)
