"""Draws one uniform number for the whole batch."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
        p = p / p.sum(-1, keepdim=True)
    rank = (p.cumsum(-1) < torch.rand(1)).sum(-1, keepdim=True).clamp(max=p.shape[-1] - 1)
    return ids.gather(-1, rank).squeeze(-1)
