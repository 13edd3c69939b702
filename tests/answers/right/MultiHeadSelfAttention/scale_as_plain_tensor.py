"""The scores divided by torch.sqrt of a float32 tensor kept as a plain attribute."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.shape = num_heads, embed_size // num_heads
        self.roles = nn.ModuleDict([(role, nn.Linear(embed_size, embed_size, bias=False)) for role in "vkq"])
        self.out = nn.Linear(embed_size, embed_size)
        self.root = torch.sqrt(torch.tensor(self.shape[1], dtype=torch.float32))

    def forward(self, x):
        v, k, q = (layer(x).unflatten(2, self.shape) for layer in self.roles.values())
        scores = torch.einsum("nihd,njhd->nhij", q, k) / self.root
        past = torch.ones(x.shape[1], x.shape[1]).tril()
        weights = scores.masked_fill(past.logical_not(), -1e18).softmax(dim=3)
        mixed = torch.einsum("nhij,njhd->nihd", weights, v)
        return self.out(mixed.reshape(x.shape))
