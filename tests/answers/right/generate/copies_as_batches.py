"""Writes one copy of every prompt after the other and weaves the copies together."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    copies = []
    for _ in range(num_return_sequences):
        ids = input_ids.clone()
        for _ in range(max_length - ids.shape[1]):
            token = sample_next_token(model(ids[:, -model.context_size :])[:, -1, :], temperature, top_k)
            ids = torch.cat((ids, token.reshape(-1, 1)), dim=1)
        copies.append(ids)
    return torch.stack(copies, dim=1).flatten(0, 1)
