"""A function that puts a block together."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class Add(nn.Module):
    def __init__(self, *steps):
        super().__init__()
        self.steps = nn.Sequential(*steps)

    def forward(self, x):
        return x + self.steps(x)


def TransformerBlock(embed_size, hidden_size, attention):
    return nn.Sequential(
        Add(GPT2LayerNorm(embed_size), attention),
        Add(GPT2LayerNorm(embed_size), PositionWiseFeedForward(embed_size, hidden_size)),
    )
