"""Works with the sequence axis in front and turns the result back."""
import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.mha = nn.MultiheadAttention(embed_size, num_heads)
        self.before, self.between = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.up, self.down = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)
        self.gelu = nn.GELU(approximate="tanh")

    def forward(self, x):
        x = x.transpose(0, 1)
        length = x.shape[0]
        mask = torch.full((length, length), float("-inf"), dtype=x.dtype).triu(1)
        n = self.before(x)
        x = x + self.mha(n, n, n, attn_mask=mask)[0]
        x = x + self.down(self.gelu(self.up(self.between(x))))
        return x.transpose(0, 1)
