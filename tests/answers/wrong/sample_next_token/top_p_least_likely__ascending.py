"""Forgets that sort is ascending."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p = (logits / temperature).softmax(dim=-1)
    if top_k is not None:
        p = p * (p >= p.topk(min(top_k, p.shape[-1])).values[:, -1:])
        p = p / p.sum(dim=-1, keepdim=True)
    if top_p is not None:
        ordered, ids = torch.sort(p, dim=-1)
        ordered = ordered * (ordered.cumsum(dim=-1) - ordered < top_p)
        p = torch.zeros_like(p).scatter(-1, ids, ordered)
    return torch.multinomial(p, 1).squeeze(-1)
