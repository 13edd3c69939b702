"""Takes a module; a class, too, which it would build."""
import inspect

from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention, num_heads=1):
        super().__init__()
        if inspect.isclass(attention):
            attention = attention(embed_size, num_heads)
        self.attention = attention
        self.norms = nn.ModuleList(GPT2LayerNorm(embed_size) for _ in range(2))
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = self.attention(self.norms[0](x)).add(x)
        return self.feed_forward(self.norms[1](x)).add(x)
