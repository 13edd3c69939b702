"""torch's nn.MultiheadAttention without biases, with a float mask and need_weights off."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, dropout=0.1):
        super().__init__()
        self.mha = nn.MultiheadAttention(embed_size, num_heads, dropout=dropout, bias=False, batch_first=True)

    def forward(self, x):
        n = x.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(n, device=x.device, dtype=x.dtype)
        return self.mha(x, x, x, attn_mask=mask, need_weights=False, is_causal=True)[0]
