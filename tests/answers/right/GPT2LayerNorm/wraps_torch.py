"""Wraps nn.LayerNorm."""
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.ln = nn.LayerNorm(embed_size, eps=eps)

    def forward(self, x):
        return self.ln(x)
