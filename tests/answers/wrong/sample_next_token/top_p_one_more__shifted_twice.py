"""Shifts the list of those to drop once too often."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = (logits / temperature).sort(dim=-1, descending=True)
    p = values[:, :top_k].softmax(dim=-1)
    if top_p is not None:
        drop = p.cumsum(dim=-1) - p >= top_p
        drop = torch.cat([torch.zeros_like(drop[:, :1]), drop[:, :-1]], dim=-1)
        p = p.masked_fill(drop, 0.0)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
