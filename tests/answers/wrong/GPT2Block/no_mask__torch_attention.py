"""nn.MultiheadAttention without a mask."""
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))

    def forward(self, x):
        n = self.ln_1(x)
        x = x + self.attn(n, n, n)[0]
        return x + self.mlp(self.ln_2(x))
