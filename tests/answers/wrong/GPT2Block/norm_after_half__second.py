"""Only the feed-forward half has its layer norm behind it."""
from torch import nn
from torch.nn import functional as F

from gpt2_ref import MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = nn.LayerNorm(embed_size)
        self.ln2 = nn.LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.up, self.down = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ln2(self.down(F.gelu(self.up(x), approximate="tanh")))
