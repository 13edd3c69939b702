"""The window begins at a negative place as long as the text is shorter than the context."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

import numpy as np


def generate(
    model: nn.Module,
    input_ids: torch.Tensor,
    max_length: int = 50,
    num_return_sequences: int = 1,
    temperature: float = 0.7,
    top_k: int | None = None,
) -> torch.Tensor:
    """buffer style"""
    assert input_ids.dim() == 2
    n = input_ids.shape[1]
    out = torch.zeros(input_ids.shape[0] * num_return_sequences, max_length, dtype=input_ids.dtype)
    out[:, :n] = torch.from_numpy(np.repeat(input_ids.numpy(), num_return_sequences, axis=0))
    for i in range(n, max_length):
        with torch.no_grad():
            lg = model(out[:, i - model.context_size : i])[:, -1]
        if temperature < 1e-6:
            out[:, i] = lg.argmax(1)
            continue
        k = lg.shape[-1] if top_k is None else min(top_k, lg.shape[-1])
        vals, inds = lg.topk(k)
        pick = torch.multinomial((vals / temperature).softmax(-1), 1)
        out[:, i] = inds.gather(1, pick).squeeze(1)
    return out
