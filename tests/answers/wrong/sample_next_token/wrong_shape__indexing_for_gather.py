"""Indexes where gather was meant, and gets a table of every row's ids for every draw."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p * p.sum(-1, keepdim=True))
    return ids[:, torch.multinomial(p, 1)[:, 0]]
