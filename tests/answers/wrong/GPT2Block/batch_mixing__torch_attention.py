"""torch's attention without batch_first takes the batch for the sequence."""
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = nn.MultiheadAttention(embed_size, num_heads)
        self.ffn = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))

    def forward(self, x):
        n = self.ln1(x)
        x = x + self.attn(n, n, n)[0]
        return x + self.ffn(self.ln2(x))
