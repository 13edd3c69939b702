"""F.dropout on the branch, on in evaluation too."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + F.dropout(self.attn(self.ln1(x)), 0.1)
        return x + F.dropout(self.ffn(self.ln2(x)), 0.1)
