"""Limits by top_p first and by top_k second."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_p is not None:
        ordered, ids = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        drop = ordered.cumsum(dim=-1) - ordered >= top_p
        logits = logits.masked_fill(torch.zeros_like(drop).scatter(-1, ids, drop), float("-inf"))
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    return torch.multinomial(logits.softmax(dim=-1), 1).squeeze(-1)
