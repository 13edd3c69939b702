"""forward takes a cache too, and hands it on only if there is one."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention_norm = GPT2LayerNorm(embed_size)
        self.feed_forward_norm = GPT2LayerNorm(embed_size)
        self.attention = attention
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x, cache=None):
        more = () if cache is None else (cache,)
        x = x + self.attention(self.attention_norm(x), *more)
        return x + self.feed_forward(self.feed_forward_norm(x))
