"""Finds the limit of top_p for each row and compares it without the axis that it needs."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        needed = (p.cumsum(-1) - p < top_p).sum(-1)
        p = p * (torch.arange(p.shape[-1]) < needed)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
