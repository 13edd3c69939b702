"""Sorts ascending and cuts the tail that adds up to no more than 1 - top_p."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if not temperature:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k:
        threshold = torch.sort(logits, dim=-1).values[:, -min(top_k, logits.shape[-1])]
        logits = logits.masked_fill(logits < threshold[:, None], float("-inf"))
    if top_p:
        small_first, ids = torch.sort(logits, dim=-1)
        tail = small_first.softmax(dim=-1).cumsum(dim=-1) <= 1 - top_p
        tail[:, -1] = False
        logits = logits.masked_fill(torch.empty_like(tail).scatter_(1, ids, tail), float("-inf"))
    return torch.multinomial(logits.softmax(dim=-1), 1).view(-1)
