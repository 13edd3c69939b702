"""Counts how many running sums lie below a uniform number; cut tokens have no share."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return torch.sort(logits, dim=-1, descending=True).indices[:, 0]
    p = torch.softmax(logits / temperature, -1)
    rank = torch.argsort(torch.argsort(-p, dim=-1), dim=-1)
    if top_k is not None:
        p = torch.where(rank < top_k, p, torch.zeros_like(p))
        p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        ordered = torch.sort(p, -1, True)[0]
        n = torch.sum(ordered.cumsum(-1) - ordered < top_p, -1, keepdim=True)
        p = torch.where(rank < n, p, torch.zeros_like(p))
        p = p / p.sum(-1, keepdim=True)
    u = torch.rand(p.shape[0], 1, dtype=p.dtype)
    passed = (p.cumsum(-1) <= u).sum(-1)
    last = p.shape[-1] - 1 - (p.flip(-1) > 0).int().argmax(-1)
    return torch.minimum(passed, last)
