"""Rotary positions: queries and keys turn with their position (Su et al. 2021, RoFormer, arXiv 2104.09864)."""

import torch
from einops import rearrange
from torch import Tensor, nn

from gpt2_ref.model.errors import require_positive


class RotaryPositionalEncoding(nn.Module):
    """Turn each pair of numbers of a head by an angle that grows with the position.

    Shapes: x (batch, heads, sequence, head_size), positions (sequence,) -> same as x. Positions default to 0, 1, ...

    Pair i turns by ``position * base**(-2i / head_size)`` radians, equation 15 of the paper. The product of a turned
    query and a turned key then depends on the distance of their positions only.

    adjacent  which numbers make pair i: 2i and 2i+1 as in the paper, or i and i + head_size/2 as in Llama and Mistral
              (default). `swap_layout` moves weights from one to the other.

    Raises ValueError when head_size is odd or below 1, base is not above 0, or x and positions do not fit.
    """

    def __init__(self, head_size: int, base: float = 10000.0, *, adjacent: bool = False):
        super().__init__()
        require_positive(head_size=head_size)
        if head_size % 2:
            raise ValueError(f"head_size is {head_size}; it must be even, because numbers turn in pairs")
        if not base > 0:
            raise ValueError(f"base is {base}; it must be above 0")
        self.head_size, self.base, self.adjacent = head_size, base, adjacent

    def forward(self, x: Tensor, positions: Tensor | None = None) -> Tensor:
        if x.dim() != 4 or x.shape[-1] != self.head_size:
            raise ValueError(
                f"x has shape {tuple(x.shape)}; it must be (batch, heads, sequence, head_size = {self.head_size})"
            )
        positions = torch.arange(x.shape[2], device=x.device) if positions is None else positions
        if positions.shape != (x.shape[2],):
            raise ValueError(
                f"positions has shape {tuple(positions.shape)}; it must be one for each of {x.shape[2]} rows"
            )
        angles = self.angles(positions)
        cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        layout = "... (pair two) -> two ... pair" if self.adjacent else "... (two pair) -> two ... pair"
        first, second = rearrange(x, layout, two=2)
        turned = torch.stack([first * cosine - second * sine, second * cosine + first * sine])
        return rearrange(turned, " -> ".join(reversed(layout.split(" -> "))))

    def angles(self, positions: Tensor) -> Tensor:
        """positions (sequence,) -> radians (sequence, pairs), in float64: a far position turns by thousands of them."""
        precise = torch.float32 if positions.device.type == "mps" else torch.float64
        pairs = torch.arange(self.head_size // 2, device=positions.device, dtype=precise)
        return positions[:, None].to(precise) * self.base ** (-2 * pairs / self.head_size)


def swap_layout(projection: Tensor, num_heads: int, *, to_adjacent: bool) -> Tensor:
    """Reorder the output rows of a query or key projection (or its bias) from one layout of pairs to the other.

    projection (heads * head_size, ...) -> same shape. The scores with the other layout are then as before.
    """
    halves, adjacent = "(heads two pair) ...", "(heads pair two) ..."
    pattern = f"{halves} -> {adjacent}" if to_adjacent else f"{adjacent} -> {halves}"
    return rearrange(projection, pattern, heads=num_heads, two=2)
