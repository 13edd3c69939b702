"""Keys and values in one layer, key and value of a group side by side."""
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.d = num_groups, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size, bias=False)
        self.key_value = nn.Linear(embed_size, num_groups * 2 * self.d, bias=False)
        self.out = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        q = self.query(x).unflatten(-1, (-1, self.d)).transpose(1, 2)
        k, v = self.key_value(x).unflatten(-1, (self.g, 2, self.d)).permute(3, 0, 2, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.out(y.transpose(1, 2).flatten(2))
