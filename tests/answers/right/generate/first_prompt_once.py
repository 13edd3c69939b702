"""Runs each prompt once, draws all first tokens from that, and only then repeats the rows."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    first = model(input_ids[:, -model.context_size :])[:, -1].repeat_interleave(num_return_sequences, dim=0)
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    ids = torch.cat([ids, sample_next_token(first, temperature, top_k)[:, None]], dim=1)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        ids = torch.cat([ids, sample_next_token(logits, temperature, top_k)[:, None]], dim=1)
    return ids
