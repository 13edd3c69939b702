"""All parts in lists, of which attention's holds one module three times."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import MultiHeadSelfAttention


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=None, learned_positions=True):
        super().__init__()
        self.E = nn.Parameter(torch.randn(vocab_size, embed_size) * 0.02)
        self.P = nn.Parameter(torch.randn(context_size, embed_size) * 0.02) if learned_positions else None
        if attention is None:
            self.attentions = nn.ModuleList(MultiHeadSelfAttention(embed_size, num_heads) for _ in range(num_layers))
        else:
            self.attentions = nn.ModuleList([attention(embed_size, num_heads)] * num_layers)
        self.norms = nn.ModuleList(nn.LayerNorm(embed_size) for _ in range(2 * num_layers + 1))
        self.up = nn.ModuleList(nn.Linear(embed_size, hidden_size) for _ in range(num_layers))
        self.down = nn.ModuleList(nn.Linear(hidden_size, embed_size) for _ in range(num_layers))

    def forward(self, ids):
        x = self.E[ids]
        if self.P is not None:
            x = x + self.P[: ids.shape[1]]
        for n, attention in enumerate(self.attentions):
            x = x + attention(self.norms[2 * n](x))
            x = x + self.down[n](F.gelu(self.up[n](self.norms[2 * n + 1](x)), approximate="tanh"))
        return self.norms[-1](x) @ self.E.T
