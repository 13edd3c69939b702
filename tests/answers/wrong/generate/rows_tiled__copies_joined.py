"""Writes one copy of all prompts after the other and joins the copies."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    copies = []
    for _ in range(num_return_sequences):
        ids = input_ids
        for _ in range(max_length - input_ids.shape[1]):
            token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
            ids = torch.cat([ids, token[:, None]], dim=1)
        copies.append(ids)
    return torch.cat(copies, dim=0)
