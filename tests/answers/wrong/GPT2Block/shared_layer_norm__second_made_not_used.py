"""The second layer norm is made, and the first is called twice."""
import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
        self.fc1, self.fc2 = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)
        self.gelu = nn.GELU("tanh")

    def forward(self, x):
        mask = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        n = self.layer_norm1(x)
        x = x + self.attn(n, n, n, attn_mask=mask)[0]
        n = self.layer_norm1(x)
        return x + self.fc2(self.gelu(self.fc1(n)))
