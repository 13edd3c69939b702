"""Repeats the prompts with einops and pads what is not written yet with zeros."""
import torch
import torch.nn.functional as F
from einops import repeat

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    length = input_ids.shape[1]
    ids = repeat(input_ids, "batch sequence -> (batch copies) sequence", copies=num_return_sequences)
    ids = F.pad(ids, (0, max_length - length))
    for end in range(length, max_length):
        logits = model(ids[:, max(0, end - model.context_size) : end])
        ids[:, end] = sample_next_token(logits[:, -1], temperature, top_k)
    return ids
