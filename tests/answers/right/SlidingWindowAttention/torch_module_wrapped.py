"""torch's nn.MultiheadAttention with a boolean mask, where True hides."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.window_size = window_size
        self.attention = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)

    def forward(self, x):
        place = torch.arange(x.size(1), device=x.device)
        gap = place.unsqueeze(1) - place.unsqueeze(0)
        hidden = (gap < 0) | (gap >= self.window_size)
        return self.attention(x, x, x, attn_mask=hidden, need_weights=False)[0]
