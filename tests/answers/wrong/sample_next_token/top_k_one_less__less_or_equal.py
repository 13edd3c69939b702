"""Cuts off the top_k-th token itself."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None and 1 < top_k < logits.shape[-1]:
        limit = logits.topk(top_k, dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits <= limit, float("-inf"))
    if top_p is not None:
        p, ids = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
        drop = torch.zeros_like(ids, dtype=torch.bool).scatter(-1, ids, p.cumsum(-1) - p >= top_p)
        logits = logits.masked_fill(drop, float("-inf"))
    return torch.multinomial(torch.softmax(logits, dim=-1), 1).squeeze(-1)
