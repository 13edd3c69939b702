"""The partner of every entry comes from a product with a matrix of zeros, ones and minus ones."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        swap = torch.kron(torch.eye(head_size // 2), torch.tensor([[0.0, 1.0], [-1.0, 0.0]]))
        self.register_buffer("swap", swap)
        self.register_buffer("rates", (base ** (-torch.arange(0, head_size, 2) / head_size)).repeat_interleave(2))

    def forward(self, x, positions=None):
        where = torch.arange(x.shape[2]) if positions is None else positions
        angle = torch.outer(where.to(self.rates.dtype), self.rates)
        return x * angle.cos() + (x @ self.swap) * angle.sin()
