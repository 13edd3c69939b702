"""The feed-forward part adds the normalised stream to its result."""
from torch import nn
from torch.nn import functional as F

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class Feed(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.up, self.down = nn.Linear(n, m), nn.Linear(m, n)

    def forward(self, x):
        return x + self.down(F.gelu(self.up(x), approximate="tanh"))


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = Feed(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ffn(self.ln2(x))
