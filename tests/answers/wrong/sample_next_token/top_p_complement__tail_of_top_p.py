"""Sorts ascending and cuts a tail of top_p where 1 - top_p was meant."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    if top_p is not None and top_p < 1:
        ordered, ids = torch.sort(logits, dim=-1)
        tail = ordered.softmax(dim=-1).cumsum(dim=-1) <= top_p
        tail[:, -1] = False
        logits = logits.masked_fill(tail.scatter(-1, ids, tail), float("-inf"))
    return torch.multinomial(torch.softmax(logits, dim=-1), 1).squeeze(-1)
