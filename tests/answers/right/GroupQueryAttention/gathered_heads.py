"""Key heads are chosen by index_select and by a one-hot matrix."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.d = embed_size // num_heads
        self.head_to_group = torch.arange(num_groups).repeat_interleave(num_heads // num_groups)
        self.number = num_groups
        self.q, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k, self.v = (nn.Linear(embed_size, num_groups * self.d) for _ in range(2))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.d)).transpose(1, 2) for f in (self.q, self.k, self.v))
        k = k.index_select(1, self.head_to_group)
        v = torch.einsum("hg,bgnd->bhnd", F.one_hot(self.head_to_group, self.number).to(v), v)
        return self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
