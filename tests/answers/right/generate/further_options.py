"""Takes top_p and a generator besides, and hands everything on."""
from typing import Optional

import torch
from torch import Tensor, nn

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(
    model: nn.Module,
    input_ids: Tensor,
    max_length: int = 50,
    num_return_sequences: int = 1,
    temperature: float = 0.7,
    top_k: Optional[int] = None,
    top_p: Optional[float] = None,
    verbose: bool = False,
) -> Tensor:
    assert input_ids.dim() == 2 and max_length > input_ids.shape[1]
    limits = dict(temperature=temperature, top_k=top_k, top_p=top_p)
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for step in range(max_length - input_ids.shape[1]):
        logits = model(ids[:, -model.context_size :])[:, -1]
        ids = torch.cat([ids, sample_next_token(logits, **limits).unsqueeze(-1)], dim=-1)
        if verbose:
            print(step)
    return ids
