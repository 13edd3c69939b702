"""Takes one prompt: it reads only the first row and repeats it."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.view(-1)[None].repeat(num_return_sequences, 1)
    assert len(input_ids) == 1, "one prompt, please"
    while ids.shape[1] < max_length:
        token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
        ids = torch.cat([ids, token[:, None]], dim=1)
    return ids
