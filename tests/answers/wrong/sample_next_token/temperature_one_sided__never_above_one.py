"""Takes temperatures above 1 for 1."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    temperature = max(1e-8, min(1.0, temperature))
    x = (logits - logits.amax(-1, keepdim=True)) / temperature
    values, ids = x.sort(-1, descending=True)
    p = values[:, :top_k].softmax(-1)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(-1, p.multinomial(1)).squeeze(-1)
