"""Feeds the prompt in every step."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    prompts = input_ids.repeat_interleave(num_return_sequences, dim=0)
    result = prompts
    for _ in range(max_length - prompts.shape[1]):
        token = sample_next_token(model(prompts[:, -model.context_size :])[:, -1], temperature, top_k)
        result = torch.cat([result, token[:, None]], dim=1)
    return result
