"""Never writes more than the context holds."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for _ in range(min(max_length, model.context_size) - ids.shape[1]):
        token = sample_next_token(model(ids)[:, -1], temperature, top_k)
        ids = torch.cat([ids, token[:, None]], dim=1)
    return ids
