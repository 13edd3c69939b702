"""Moves the ids to where the model's parameters are, and the result back."""
import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    device = next(model.parameters()).device
    ids = input_ids.to(device).repeat_interleave(num_return_sequences, dim=0)
    with torch.set_grad_enabled(False):
        for _ in range(max_length - ids.shape[1]):
            logits = model.forward(ids[:, -model.context_size :])[:, -1]
            ids = torch.cat([ids, sample_next_token(logits, temperature, top_k).to(device)[:, None]], dim=1)
    return ids.to(input_ids.device)
