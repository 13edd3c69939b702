"""nn.MultiheadAttention with the triangle left as floats, which are added."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)

    def forward(self, x):
        seq_len = x.size(1)
        mask = torch.triu(torch.ones(seq_len, seq_len, device=x.device), diagonal=1).to(x.dtype)
        attn_output, _ = self.attn(x, x, x, attn_mask=mask)
        return attn_output
