"""batch_first left False, and the mask sized by x.size(0) since that was what did not raise."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(embed_size, num_heads)

    def forward(self, x):
        seq_len = x.size(0)
        mask = torch.triu(torch.ones(seq_len, seq_len, device=x.device), diagonal=1).bool()
        attn_output, _ = self.attn(x, x, x, attn_mask=mask)
        return attn_output
