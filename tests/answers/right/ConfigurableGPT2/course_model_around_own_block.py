"""The course's model, its blocks exchanged for its own."""
from torch import nn

from gpt2_ref.model import GPT2, GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class Block(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention, self.norm = attention, GPT2LayerNorm(embed_size)
        self.feed_forward, self.other_norm = PositionWiseFeedForward(embed_size, hidden_size), GPT2LayerNorm(embed_size)

    def forward(self, x, cache=None):
        x = x + self.attention(self.norm(x))
        return x + self.feed_forward(self.other_norm(x))


class ConfigurableGPT2(GPT2):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024,
                 attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=context_size,
                         learned_positions=learned_positions)
        self.blocks = nn.ModuleList(
            Block(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)
        )
