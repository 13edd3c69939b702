"""Removes in every row the ids that the first row should lose."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < limit, -1e12)
    if top_p is not None:
        ordered, ids = torch.sort(logits.softmax(dim=-1), descending=True, dim=-1)
        drop = ordered.cumsum(dim=-1) - ordered >= top_p
        logits[:, ids[0][drop[0]]] = float("-inf")
    return torch.multinomial(logits.softmax(dim=-1), 1).squeeze(-1)
