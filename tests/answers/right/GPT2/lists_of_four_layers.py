"""Each block is a ModuleList of four layers, run by the model."""
import torch
from torch import nn


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            feed_forward = nn.Sequential(
                nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size)
            )
            attention = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
            self.blocks.append(
                nn.ModuleList([nn.LayerNorm(embed_size), attention, nn.LayerNorm(embed_size), feed_forward])
            )
        self.ln = nn.LayerNorm(embed_size)

    def forward(self, ids):
        n = ids.shape[1]
        mask = torch.ones(n, n, dtype=torch.bool).triu(1)
        x = self.wte(ids) + self.wpe.weight[:n]
        for norm1, attention, norm2, feed_forward in self.blocks:
            y = norm1(x)
            x = x + attention(y, y, y, attn_mask=mask, need_weights=False)[0]
            x = x + feed_forward(norm2(x))
        return self.ln(x) @ self.wte.weight.mT
