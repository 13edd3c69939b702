"""batch_first left False and no mask: positions attend across the batch."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(embed_size, num_heads)

    def forward(self, x):
        attn_output, _ = self.attn(x, x, x)
        return attn_output
