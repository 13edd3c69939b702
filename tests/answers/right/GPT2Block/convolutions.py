"""Convolutions with a kernel of one token in the feed-forward half."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_a = GPT2LayerNorm(embed_size)
        self.ln_b = GPT2LayerNorm(embed_size)
        self.attend = MultiHeadSelfAttention(embed_size, num_heads)
        self.conv_up = nn.Conv1d(embed_size, hidden_size, 1)
        self.conv_down = nn.Conv1d(hidden_size, embed_size, 1)

    def forward(self, x):
        x = x + self.attend(self.ln_a(x))
        h = self.ln_b(x).permute(0, 2, 1)
        h = self.conv_down(F.gelu(self.conv_up(h), approximate="tanh"))
        return x + h.permute(0, 2, 1)
