"""nn.TransformerEncoder with its last norm, sequence first, GELU in the tanh form."""
import torch
import torch.nn.functional as F
from torch import nn


def tanh_gelu(x):
    return F.gelu(x, approximate="tanh")


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tok = nn.Embedding(vocab_size, embed_size)
        self.pos = nn.Embedding(context_size, embed_size)
        layer = nn.TransformerEncoderLayer(
            embed_size, num_heads, hidden_size, dropout=0.1, activation=tanh_gelu, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(
            layer, num_layers, norm=nn.LayerNorm(embed_size), enable_nested_tensor=False
        )

    def forward(self, ids):
        n = ids.shape[1]
        future = torch.triu(torch.ones(n, n), diagonal=1).bool()
        x = self.tok(ids.T) + self.pos(torch.arange(n))[:, None]
        x = self.encoder(x, mask=future)
        return (x @ self.tok.weight.T).transpose(0, 1)
