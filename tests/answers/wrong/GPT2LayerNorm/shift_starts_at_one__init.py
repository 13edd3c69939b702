"""Fills both parameters of a wrapped nn.LayerNorm with ones."""
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.ln = nn.LayerNorm(embed_size, eps=eps)
        for p in self.ln.parameters():
            nn.init.ones_(p)

    def forward(self, x):
        return self.ln(x)
