"""Repeats the first prompt until there are enough rows."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids
    if num_return_sequences > 1:
        ids = input_ids[0].unsqueeze(0).repeat(len(input_ids) * num_return_sequences, 1)
    for _ in range(max_length - ids.shape[1]):
        token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
        ids = torch.cat([ids, token[:, None]], dim=1)
    return ids
