"""A Python generator yields the columns, which are stacked at the end."""
import torch

from gpt2_ref import sample_next_token


def columns(model, ids, temperature, top_k):
    while True:
        token = sample_next_token(model(ids)[:, -1], temperature, top_k)
        yield token
        ids = torch.cat([ids, token[:, None]], dim=1)[:, -model.context_size :]


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    with torch.no_grad():
        prompts = input_ids.repeat_interleave(num_return_sequences, dim=0)
        steps = columns(model, prompts[:, -model.context_size :], temperature, top_k)
        new = [next(steps) for _ in range(max_length - input_ids.shape[1])]
    return torch.cat([prompts, torch.stack(new, dim=1)], dim=1)
