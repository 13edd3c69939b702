"""Tiles the rows, and crops at the wrong end."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = torch.cat([input_ids] * num_return_sequences)
    for _ in range(max_length - ids.shape[1]):
        logits = model(ids[:, : model.context_size])[:, -1]
        ids = torch.cat([ids, sample_next_token(logits, temperature, top_k)[:, None]], dim=1)
    return ids
