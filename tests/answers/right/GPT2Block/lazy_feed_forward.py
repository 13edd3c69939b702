"""Linear layers that learn their input size at the first call."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref import MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.up, self.down = nn.LazyLinear(hidden_size), nn.LazyLinear(embed_size)

    def forward(self, x):
        h = x + self.attn(self.ln1(x))
        return h + self.down(F.gelu(self.up(self.ln2(h)), approximate="tanh"))
