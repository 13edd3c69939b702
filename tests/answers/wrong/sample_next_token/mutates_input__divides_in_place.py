"""Divides the logits that it was given by the temperature."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits /= temperature
    p, ids = logits.softmax(-1).sort(-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(-1, p.multinomial(1)).squeeze(-1)
