"""Keeps tokens while the sum, their own probability included, is at most top_p, and the first in any case."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = (logits / temperature).sort(dim=-1, descending=True)
    p = values[:, :top_k].softmax(dim=-1)
    if top_p is not None:
        keep = p.cumsum(dim=-1) <= top_p
        keep[:, 0] = True
        p = p * keep
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
