"""A subclass of nn.MultiheadAttention that adds the mask."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.MultiheadAttention):
    def __init__(self, embed_size, num_heads):
        super().__init__(embed_size, num_heads, batch_first=True)

    def forward(self, x):
        mask = torch.ones(x.shape[1], x.shape[1], device=x.device, dtype=torch.bool).triu(1)
        return super().forward(x, x, x, attn_mask=mask, need_weights=False)[0]
