"""nn.MultiheadAttention with a float mask of -8."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, dropout=0.1):
        super().__init__()
        self.mha = nn.MultiheadAttention(embed_size, num_heads, dropout=dropout, bias=False, batch_first=True)

    def forward(self, x):
        n = x.shape[1]
        mask = torch.full((n, n), -8.0, device=x.device, dtype=x.dtype).triu(1)
        return self.mha(x, x, x, attn_mask=mask, need_weights=False)[0]
