"""The merged heads go through dropout and nothing else."""
import torch
from torch import nn
from einops import rearrange


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, dropout=0.1):
        super().__init__()
        self.num_heads = num_heads
        self.roles = nn.ModuleList(nn.Linear(embed_size, embed_size, bias=False) for _ in range(3))
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        split = "row word (head size) -> row head word size"
        q, k, v = (rearrange(role(x), split, head=self.num_heads) for role in self.roles)
        scores = q @ k.mT / q.shape[-1] ** 0.5
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
        heads = scores.masked_fill(later, -torch.inf).softmax(-1) @ v
        return self.drop(rearrange(heads, "row head word size -> row word (head size)"))
