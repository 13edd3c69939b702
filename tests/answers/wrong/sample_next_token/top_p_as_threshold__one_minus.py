"""Cuts off every token less likely than 1 - top_p."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    p = logits.softmax(dim=-1)
    if top_p is not None:
        p = torch.where(p >= 1 - top_p, p, 0.0)
    return torch.multinomial(p, 1).squeeze(-1)
