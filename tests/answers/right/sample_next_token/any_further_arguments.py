"""Takes further optional arguments and hints, and loops over a list of filters."""
from typing import Optional

import torch
from torch import Tensor


def sample_next_token(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: Optional[int] = None,
    top_p: Optional[float] = None,
    generator: Optional[torch.Generator] = None,
    **unused,
) -> Tensor:
    if temperature == 0:
        return logits.argmax(dim=-1)

    def by_number(p: Tensor) -> Tensor:
        return torch.arange(p.shape[-1]).expand_as(p) < (top_k or p.shape[-1])

    def by_mass(p: Tensor) -> Tensor:
        return p.cumsum(dim=-1) - p < (top_p or 2.0)

    p, ids = (logits / temperature).softmax(dim=-1).sort(dim=-1, descending=True)
    for rule in (by_number, by_mass):
        p = torch.where(rule(p), p, 0.0)
        p = p / p.sum(dim=-1, keepdim=True)
    return ids.gather(-1, torch.multinomial(p, 1, generator=generator)).squeeze(-1)
