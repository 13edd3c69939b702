"""A right block, and a third layer norm on its result."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2, self.ln3 = (GPT2LayerNorm(embed_size) for _ in range(3))
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        x = x + self.ffn(self.ln2(x))
        return self.ln3(x)
