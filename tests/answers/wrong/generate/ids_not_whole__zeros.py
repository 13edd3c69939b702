"""Writes into a tensor of zeros, which are not whole numbers, and feeds whole ones."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = torch.zeros(len(input_ids) * num_return_sequences, max_length)
    ids[:, : input_ids.shape[1]] = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for place in range(input_ids.shape[1], max_length):
        seen = ids[:, max(0, place - model.context_size) : place].long()
        ids[:, place] = sample_next_token(model(seen)[:, -1], temperature, top_k).to(ids.dtype)
    return ids
