"""Keeps a list of columns and joins only what the model needs to see."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    columns = list(input_ids.repeat_interleave(num_return_sequences, dim=0).unbind(dim=1))
    while len(columns) < max_length:
        seen = torch.stack(columns[-model.context_size :], dim=1)
        columns.append(sample_next_token(model(seen)[:, -1], temperature, top_k))
    return torch.stack(columns, dim=1)
