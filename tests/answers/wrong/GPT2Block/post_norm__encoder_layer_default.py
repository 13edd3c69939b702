"""torch's encoder layer without norm_first."""
import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(embed_size, num_heads, hidden_size, activation="gelu", batch_first=True)

    def forward(self, x):
        n = x.shape[1]
        return self.layer(x, src_mask=torch.full((n, n), float("-inf")).triu(1))
