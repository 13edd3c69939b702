"""Lets Categorical draw, and takes -1e9 for minus infinity."""
import torch
from torch.distributions import Categorical


def next_token(logits, temperature, top_k):
    if temperature <= 0:
        return logits.argmax(dim=-1)
    scaled = logits / temperature
    if top_k is not None:
        keep = scaled.topk(min(top_k, scaled.shape[-1]), dim=-1).indices
        hidden = torch.ones_like(scaled, dtype=torch.bool).scatter(-1, keep, False)
        scaled = scaled.masked_fill(hidden, -1e9)
    return Categorical(logits=scaled).sample()


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    out = input_ids.repeat_interleave(num_return_sequences, dim=0)
    with torch.no_grad():
        for _ in range(max_length - out.shape[1]):
            out = torch.cat([out, next_token(model(out[:, -model.context_size :])[:, -1], temperature, top_k)[:, None]], 1)
    return out
