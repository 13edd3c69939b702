"""The exponential of a skew-symmetric matrix is the turn."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        generator = torch.zeros(head_size, head_size)
        for i in range(0, head_size, 2):
            generator[i + 1, i] = base ** (-i / head_size)
            generator[i, i + 1] = -generator[i + 1, i]
        self.register_buffer("generator", generator)

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        turns = torch.matrix_exp(positions.view(-1, 1, 1) * self.generator)
        return torch.einsum("sij,bhsj->bhsi", turns, x)
