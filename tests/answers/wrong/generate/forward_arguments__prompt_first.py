"""Takes the options in another order."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, temperature=0.7, max_length=50, num_return_sequences=1, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
        ids = torch.cat([ids, token[:, None]], dim=1)
    return ids
