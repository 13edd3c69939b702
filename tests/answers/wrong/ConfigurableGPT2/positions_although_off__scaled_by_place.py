"""A factory whose first part makes later tokens smaller when positions are not learned."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class Start(nn.Module):
    def __init__(self, tokens, places):
        super().__init__()
        self.tokens, self.places = tokens, places

    def forward(self, ids):
        numbers = torch.arange(ids.shape[1])
        if self.places is None:
            return self.tokens(ids) / (1 + numbers)[:, None]
        return self.tokens(ids) + self.places(numbers)


class Scores(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.tokens = tokens

    def forward(self, x):
        return x @ self.tokens.weight.T


def ConfigurableGPT2(vocab_size, embed_size, num_heads, hidden_size, num_layers,
                     context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
    tokens = nn.Embedding(vocab_size, embed_size)
    places = nn.Embedding(context_size, embed_size) if learned_positions else None
    layers = [TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
    return nn.Sequential(Start(tokens, places), *layers, GPT2LayerNorm(embed_size), Scores(tokens))
