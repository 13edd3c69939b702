"""x.transpose_ changes the caller's tensor."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(embed_size, num_heads)

    def forward(self, x):
        x = x.transpose_(0, 1)  # the module wants (sequence, batch, embed)
        length = x.size(0)
        hidden = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(diagonal=1)
        y, _weights = self.self_attn(x, x, x, attn_mask=hidden)
        return y.transpose(0, 1)
