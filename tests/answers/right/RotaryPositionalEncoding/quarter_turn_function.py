"""Tables as wide as the head, with a helper that swaps the halves and negates one."""
import torch
from torch import nn


def quarter_turn(x):
    middle = x.shape[-1] // 2
    return torch.cat((-x[..., middle:], x[..., :middle]), dim=-1)


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        speeds = 1.0 / (base ** (torch.arange(0, head_size, 2).float() / head_size))
        self.register_buffer("speeds", speeds, persistent=False)

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2], device=x.device)
        angles = positions.float()[:, None] * self.speeds[None, :]
        wide = torch.cat((angles, angles), dim=-1)
        cos, sin = wide.cos()[None, None].to(x.dtype), wide.sin()[None, None].to(x.dtype)
        return x * cos + quarter_turn(x) * sin
