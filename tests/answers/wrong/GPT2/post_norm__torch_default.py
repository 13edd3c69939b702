"""torch's encoder layers as they come: normalising after adding."""
import torch
from torch import nn


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tok = nn.Embedding(vocab_size, embed_size)
        self.pos = nn.Embedding(context_size, embed_size)
        layer = nn.TransformerEncoderLayer(
            embed_size, num_heads, hidden_size, dropout=0.0, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        n = ids.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(n)
        x = self.encoder(self.tok(ids) + self.pos(torch.arange(n)), mask=mask, is_causal=True)
        return self.norm(x) @ self.tok.weight.T
