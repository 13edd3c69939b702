"""Layer norms and linear layers of torch, the bend by F.gelu."""
import torch.nn.functional as F
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm_a, self.norm_b = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = attention
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, h):
        h = h + self.attn(self.norm_a(h))
        hidden = F.gelu(self.up(self.norm_b(h)), approximate="tanh")
        return h + self.down(hidden)
