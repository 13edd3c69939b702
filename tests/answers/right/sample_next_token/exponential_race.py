"""Divides each probability by an exponential number of its own; the largest quotient wins."""
import torch
import torch.nn.functional as F


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return torch.argmax(logits, -1)
    p = F.softmax(logits / temperature, dim=-1)
    if top_k is not None and top_k < p.shape[-1]:
        p = p * (p >= p.kthvalue(p.shape[-1] - top_k + 1, dim=-1, keepdim=True).values)
        p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        big_first, where = p.sort(-1, True)
        keep = big_first.cumsum(-1) - big_first < top_p
        p = torch.zeros_like(p).scatter_(-1, where, big_first * keep)
    return (p / torch.empty_like(p).exponential_()).argmax(-1)
