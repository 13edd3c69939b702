"""The parts lie in a ModuleDict."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.parts = nn.ModuleDict(
            {
                "before attention": GPT2LayerNorm(embed_size),
                "attention": attention,
                "before feed-forward": GPT2LayerNorm(embed_size),
                "feed-forward": PositionWiseFeedForward(embed_size, hidden_size),
            }
        )

    def forward(self, x):
        for part in ("attention", "feed-forward"):
            x = x + self.parts[part](self.parts[f"before {part}"](x))
        return x
