"""An output layer that is built around the embedding; the attention without biases."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class Scores(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def forward(self, x):
        return nn.functional.linear(x, self.embedding.weight)


class Layer(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.parts = nn.ModuleDict(
            dict(
                ln1=GPT2LayerNorm(embed_size),
                attention=MultiHeadSelfAttention(embed_size, num_heads, bias=False),
                ln2=GPT2LayerNorm(embed_size),
                mlp=PositionWiseFeedForward(embed_size, hidden_size),
            )
        )

    def forward(self, x):
        p = self.parts
        middle = x + p.attention(p.ln1(x))
        return middle + p.mlp(p.ln2(middle))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size)
        self.layers = nn.ModuleList([Layer(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.ln = GPT2LayerNorm(embed_size)
        self.scores = Scores(self.embedding)

    def forward(self, ids):
        x = self.embedding(ids)
        x += self.positions(torch.arange(x.shape[1]))
        for layer in self.layers:
            x = layer(x=x)
        return self.scores(self.ln(x))
