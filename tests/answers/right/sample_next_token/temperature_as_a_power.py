"""Raises probabilities to the power 1 / temperature and divides by their sum."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    p = torch.softmax(logits, dim=-1)
    if temperature == 0:
        return p.argmax(dim=-1)
    p = p ** (1 / temperature)
    p, ids = p.sort(dim=-1, descending=True)
    if top_k is not None:
        p[:, top_k:] = 0
    p = p / p.sum(dim=-1, keepdim=True)
    if top_p is not None:
        p = torch.where(p.cumsum(dim=-1) - p < top_p, p, 0)
    return ids[torch.arange(len(p)), torch.multinomial(p, 1)[:, 0]]
