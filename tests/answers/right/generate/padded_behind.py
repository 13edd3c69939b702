"""Feeds a whole context every time, padded behind with zeros that no earlier position sees."""
import torch
import torch.nn.functional as F

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for _ in range(max_length - ids.shape[1]):
        seen = ids[:, -model.context_size :]
        last = seen.shape[1] - 1
        logits = model(F.pad(seen, (0, model.context_size - seen.shape[1])))[:, last]
        ids = torch.cat([ids, sample_next_token(logits, temperature, top_k)[:, None]], dim=1)
    return ids
