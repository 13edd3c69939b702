"""Sorts once, works on ranks only, and gathers the id at the end."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    values, ids = logits.sort(dim=-1, descending=True)
    if temperature == 0:
        return ids[:, 0]
    values = values / temperature
    if top_k is not None:
        values, ids = values[:, :top_k], ids[:, :top_k]
    p = values.softmax(-1)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    rank = torch.multinomial(p, 1)
    return ids.gather(-1, rank)[:, 0]
