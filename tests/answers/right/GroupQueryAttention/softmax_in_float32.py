"""The softmax in float32, cast back."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.d, self.share = embed_size // num_heads, num_heads // num_groups
        self.q_proj = nn.Linear(embed_size, embed_size, bias=False)
        self.k_proj = nn.Linear(embed_size, num_groups * self.d, bias=False)
        self.v_proj = nn.Linear(embed_size, num_groups * self.d, bias=False)
        self.o_proj = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        q, k, v = (p(x).unflatten(-1, (-1, self.d)).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        k, v = k.repeat_interleave(self.share, 1), v.repeat_interleave(self.share, 1)
        scores = q @ k.mT * self.d**-0.5
        scores = scores + torch.full_like(scores[0, 0], torch.finfo(scores.dtype).min).triu(1)
        weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(q.dtype)
        return self.o_proj((weights @ v).transpose(1, 2).flatten(2))
