"""Defines a step inside and folds it over the number of new tokens."""
from functools import reduce

import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    def longer(ids, _step):
        logits = model(ids[:, -model.context_size :])
        return torch.cat([ids, sample_next_token(logits[:, -1], temperature, top_k).unsqueeze(1)], dim=1)

    start = torch.repeat_interleave(input_ids, num_return_sequences, dim=0)
    with torch.no_grad():
        return reduce(longer, range(max_length - start.shape[1]), start)
