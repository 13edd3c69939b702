"""Takes over a token table if it is given one."""
import torch
from torch import Tensor, nn


class GPT2OutputLayer(nn.Module):
    """x (..., embed) -> logits (..., vocab)."""

    def __init__(self, embed_size: int, vocab_size: int, shared: nn.Parameter | None = None):
        super().__init__()
        if shared is None:
            shared = nn.Parameter(torch.randn(vocab_size, embed_size))
        self.weight = shared

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.t()
