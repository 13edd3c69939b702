"""Cuts off what lies at or above the limit."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None and top_k < logits.shape[-1]:
        limit = torch.topk(logits, top_k).values[:, -1:]
        logits = logits.masked_fill(logits >= limit, float("-inf"))
    return torch.multinomial(logits.softmax(dim=-1), 1)[:, 0]
