"""torch's encoder layer with its exact GELU and no dropout."""
import torch
from torch import nn


class GPT2Block(nn.TransformerEncoderLayer):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__(
            embed_size, num_heads, hidden_size, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )

    def forward(self, x):
        hidden = torch.triu(torch.full((x.shape[1], x.shape[1]), float("-inf")), diagonal=1)
        return super().forward(x, src_mask=hidden)
