"""The feed-forward half of a block (Vaswani et al. 2017, arXiv 1706.03762, section 3.3)."""

import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref.model.errors import require_positive


class PositionWiseFeedForward(nn.Module):
    """Every token alone: widen, bend, narrow again.

    Shapes: x (..., embed) -> same.

    The bend is GELU in the tanh form, 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as in GPT-2
    (Hendrycks and Gimpel 2016, arXiv 1606.08415). Raises ValueError when a size is below 1.
    """

    def __init__(self, embed_size: int, hidden_size: int):
        super().__init__()
        require_positive(embed_size=embed_size, hidden_size=hidden_size)
        self.expand = nn.Linear(embed_size, hidden_size)
        self.contract = nn.Linear(hidden_size, embed_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.contract(F.gelu(self.expand(x), approximate="tanh"))
