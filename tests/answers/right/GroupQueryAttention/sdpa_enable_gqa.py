"""torch's kernel knows grouped heads."""
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.size = embed_size // num_heads
        self.wq = nn.Linear(embed_size, embed_size)
        self.wk = nn.Linear(embed_size, num_groups * self.size)
        self.wv = nn.Linear(embed_size, num_groups * self.size)
        self.wo = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q, k, v = (w(x).view(b, n, -1, self.size).transpose(1, 2) for w in (self.wq, self.wk, self.wv))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.wo(y.transpose(1, 2).reshape(b, n, e))
