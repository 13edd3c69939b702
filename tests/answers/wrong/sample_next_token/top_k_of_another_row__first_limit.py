"""Compares every row with the limit of the first."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        limit = torch.topk(logits, min(top_k, logits.shape[-1])).values[0, -1]
        logits = torch.where(logits < limit, float("-inf"), logits)
    p, ids = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    if top_p is not None:
        p = p * (p.cumsum(dim=-1) - p < top_p)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
