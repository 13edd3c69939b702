"""nn.MultiheadAttention with a boolean mask, feed-forward in a Sequential."""
import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.attn = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
        self.norm_a = nn.LayerNorm(embed_size)
        self.norm_b = nn.LayerNorm(embed_size)
        self.ffn = nn.Sequential(
            nn.Linear(embed_size, hidden_size), nn.GELU(approximate="tanh"), nn.Linear(hidden_size, embed_size)
        )

    def forward(self, x):
        length = x.size(1)
        hidden = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        n = self.norm_a(x)
        attended, _ = self.attn(n, n, n, attn_mask=hidden, need_weights=False)
        x = x + attended
        return x + self.ffn(self.norm_b(x))
