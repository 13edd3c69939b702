"""A whole head_size x head_size matrix for every position, by block_diag, applied with einsum."""
import math

import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = [base ** (-2 * i / head_size) for i in range(head_size // 2)]

    def matrix(self, position):
        blocks = []
        for rate in self.rates:
            c, s = math.cos(position * rate), math.sin(position * rate)
            blocks.append(torch.tensor([[c, -s], [s, c]]))
        return torch.block_diag(*blocks)

    def forward(self, x, positions=None):
        positions = range(x.shape[2]) if positions is None else positions.tolist()
        turns = torch.stack([self.matrix(p) for p in positions])
        return torch.einsum("sij,bhsj->bhsi", turns, x)
