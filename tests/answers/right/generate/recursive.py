"""Calls itself with a text that is one token longer."""
import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    if num_return_sequences > 1:
        input_ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    if input_ids.shape[1] >= max_length:
        return input_ids
    with torch.no_grad():
        logits = model(input_ids[:, -model.context_size :])[:, -1]
    longer = torch.cat([input_ids, sample_next_token(logits, temperature, top_k).unsqueeze(-1)], dim=-1)
    return generate(model, longer, max_length, 1, temperature, top_k)
