"""Matrices in float32, which a product with float64 would refuse: x is brought to float32 and back."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = torch.tensor([base ** (-2 * i / head_size) for i in range(head_size // 2)], dtype=torch.float32)

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        t = positions.float()[:, None] * self.rates
        turn = torch.stack([t.cos(), -t.sin(), t.sin(), t.cos()], -1).unflatten(-1, (2, 2))
        pairs = x.float().unflatten(-1, (-1, 2))
        return torch.einsum("spij,bhspj->bhspi", turn, pairs).flatten(-2).to(x.dtype)
