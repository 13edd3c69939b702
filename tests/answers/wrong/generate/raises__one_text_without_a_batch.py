"""Feeds the model one text without the axis of the batch."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    rows = []
    for prompt in input_ids.repeat_interleave(num_return_sequences, dim=0):
        while len(prompt) < max_length:
            logits = model(prompt[-model.context_size :])
            prompt = torch.cat([prompt, sample_next_token(logits[-1:], temperature, top_k)])
        rows.append(prompt)
    return torch.stack(rows)
