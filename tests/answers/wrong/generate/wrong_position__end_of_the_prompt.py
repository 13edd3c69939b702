"""Reads the logits at the last token of the prompt in every step."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    last = input_ids.shape[1] - 1
    for _ in range(max_length - input_ids.shape[1]):
        logits = model(ids[:, -model.context_size :])
        token = sample_next_token(logits[:, min(last, logits.shape[1] - 1)], temperature, top_k)
        ids = torch.cat([ids, token.unsqueeze(1)], dim=1)
    return ids
