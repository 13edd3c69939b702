"""A method that is given the name of a norm and of a half."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.parts = nn.ModuleDict(
            {
                "feed": PositionWiseFeedForward(embed_size, hidden_size),
                "feed_norm": GPT2LayerNorm(embed_size),
                "attend_norm": GPT2LayerNorm(embed_size),
                "attend": MultiHeadSelfAttention(embed_size, num_heads),
            }
        )

    def add(self, x, name):
        return x.add(self.parts[name](self.parts[name + "_norm"](x)))

    def forward(self, x):
        return self.add(self.add(x, "attend"), "feed")
