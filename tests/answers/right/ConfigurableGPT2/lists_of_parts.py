"""No block class: a list for each kind of part."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        layers = range(num_layers)
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.norms1 = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in layers])
        self.attentions = nn.ModuleList([attention(embed_size, num_heads) for _ in layers])
        self.norms2 = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in layers])
        self.feeds = nn.ModuleList([PositionWiseFeedForward(embed_size, hidden_size) for _ in layers])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.positions is not None:
            x = x + self.positions(torch.arange(ids.shape[1]))
        for norm1, attention, norm2, feed in zip(self.norms1, self.attentions, self.norms2, self.feeds):
            x = x + attention(norm1(x))
            x = x + feed(norm2(x))
        return self.norm(x) @ self.tokens.weight.mT
