"""Feeds the prompt once and then each new token alone, as if the model had a cache."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    seen = ids[:, -model.context_size :]
    for _ in range(max_length - ids.shape[1]):
        token = sample_next_token(model(seen)[:, -1], temperature, top_k)[:, None]
        ids = torch.cat([ids, token], dim=1)
        seen = token
    return ids
