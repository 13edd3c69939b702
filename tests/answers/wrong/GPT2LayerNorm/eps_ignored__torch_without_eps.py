"""Does not pass eps on to nn.LayerNorm."""
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, x):
        return self.norm(x)
