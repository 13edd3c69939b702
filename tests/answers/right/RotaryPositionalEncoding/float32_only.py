"""Works for float32 alone: tables and x meet in a matrix product."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.pairs = head_size // 2
        self.rates = base ** (-torch.arange(self.pairs, dtype=torch.float32) / self.pairs)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = p.to(torch.float32)[:, None] * self.rates
        c, s = torch.diag_embed(angle.cos()), torch.diag_embed(angle.sin())
        matrix = torch.cat([torch.cat([c, -s], -1), torch.cat([s, c], -1)], -2)
        return (matrix @ x.unsqueeze(-1)).squeeze(-1)
