"""A mask of float32 numbers for torch's attention."""
import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln = nn.ModuleList([nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)])
        self.mha = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
        self.lin = nn.ModuleList([nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)])
        self.act = nn.GELU("tanh")

    def forward(self, x):
        y = self.ln[0](x)
        mask = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float32)
        mask[torch.ones_like(mask).triu(1) > 0] = float("-inf")
        x = x + self.mha(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.lin[1](self.act(self.lin[0](self.ln[1](x))))
