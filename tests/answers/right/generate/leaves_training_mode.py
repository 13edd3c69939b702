"""Leaves the model in training mode, which costs nothing here."""
import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    model.eval()
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    with torch.no_grad():
        while ids.shape[-1] != max_length:
            token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
            ids = torch.cat([ids, token.view(-1, 1)], dim=-1)
    model.train()
    return ids
