"""Three small functions and a class that calls them; options behind the usual ones."""
import torch
from torch import nn


def rates_of(size, base):
    return torch.tensor([1 / base ** (2 * pair / size) for pair in range(size // 2)])


def turn(first, second, angle):
    return first * angle.cos() - second * angle.sin(), first * angle.sin() + second * angle.cos()


def weave(first, second):
    return torch.cat([first[..., None], second[..., None]], dim=-1).view(*first.shape[:-1], -1)


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, adjacent=True, device=None):
        super().__init__()
        assert head_size % 2 == 0
        self.adjacent = adjacent
        self.register_buffer("rates", rates_of(head_size, base).to(device))

    def forward(self, x, positions=None, offset=0):
        if positions is None:
            positions = torch.arange(offset, offset + x.shape[2], device=x.device)
        angle = positions[:, None] * self.rates
        if self.adjacent:
            return weave(*turn(x[..., 0::2], x[..., 1::2], angle))
        return torch.cat(turn(*x.chunk(2, dim=-1), angle), dim=-1)
