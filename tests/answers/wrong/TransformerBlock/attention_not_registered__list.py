"""The attention is kept in a Python list."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)])
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        self.steps = [attention, self.feed_forward]

    def forward(self, x):
        for norm, step in zip(self.norms, self.steps):
            x = x + step(norm(x))
        return x
