"""Writes the softmax out without taking the largest logit off."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    weights = torch.exp(logits / temperature)
    p, ids = (weights / weights.sum(-1, keepdim=True)).sort(-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(-1, p.multinomial(1)).squeeze(-1)
