"""Cuts to top_k and compares the running sum with top_p as if nothing had been cut."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    if top_p is not None:
        p = p * (p.cumsum(dim=-1) - p < top_p)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
