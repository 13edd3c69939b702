"""A function that builds the model out of small modules."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class Start(nn.Module):
    def __init__(self, token, position):
        super().__init__()
        self.token, self.position = token, position

    def forward(self, ids):
        x = self.token(ids)
        return x + self.position(torch.arange(ids.shape[1])) if self.position else x


class End(nn.Module):
    def __init__(self, token):
        super().__init__()
        self.token = token

    def forward(self, x):
        return x @ self.token.weight.T


def ConfigurableGPT2(vocab_size, embed_size, num_heads, hidden_size, num_layers,
                     context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
    token = nn.Embedding(vocab_size, embed_size)
    position = nn.Embedding(context_size, embed_size) if learned_positions else None
    blocks = [TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
    return nn.Sequential(Start(token, position), *blocks, GPT2LayerNorm(embed_size), End(token))
