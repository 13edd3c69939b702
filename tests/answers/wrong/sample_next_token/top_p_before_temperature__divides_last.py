"""Applies both limits to the raw logits and divides by the temperature afterwards."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = logits.sort(dim=-1, descending=True)
    values, ids = values[:, :top_k], ids[:, :top_k]
    if top_p is not None:
        p = values.softmax(dim=-1)
        values = values.masked_fill(p.cumsum(dim=-1) - p >= top_p, float("-inf"))
    p = torch.softmax(values / temperature, dim=-1)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
