"""Tables with axes for batch and heads in front; positions choose rows by index_select."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, rows=13000):
        super().__init__()
        steps = torch.arange(rows).type(torch.get_default_dtype())
        wide = torch.einsum("r,p->rp", steps, 1.0 / base ** (torch.arange(0, head_size, 2) / head_size)).repeat(1, 2)
        self.register_buffer("cosines", wide.cos()[None, None])
        self.register_buffer("sines", wide.sin()[None, None])

    def forward(self, x, positions=None):
        if positions is None:
            cos, sin = (table[:, :, : x.shape[-2]] for table in (self.cosines, self.sines))
        else:
            cos, sin = (table.index_select(2, positions) for table in (self.cosines, self.sines))
        one, two = x.chunk(2, dim=-1)
        return (x * cos) + (torch.cat((-two, one), dim=-1) * sin)
