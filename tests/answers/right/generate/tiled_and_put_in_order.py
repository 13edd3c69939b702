"""Tiles the prompts for the work and brings the rows into order at the end."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    batch = input_ids.shape[0]
    ids = input_ids.repeat(num_return_sequences, 1)
    for _ in range(max_length - ids.shape[1]):
        token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
        ids = torch.cat([ids, token[:, None]], dim=1)
    return ids.view(num_return_sequences, batch, max_length).transpose(0, 1).reshape(-1, max_length)
