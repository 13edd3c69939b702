"""The stream is copied once and then added to in place."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.add_module("attention", attention)
        self.add_module("norm1", GPT2LayerNorm(embed_size))
        self.add_module("norm2", GPT2LayerNorm(embed_size))
        self.add_module("ffn", PositionWiseFeedForward(embed_size, hidden_size))

    def forward(self, x):
        stream = x.clone()
        stream += self.attention(self.norm1(x))
        stream = stream + self.ffn(self.norm2(stream))
        return stream
