"""Draws from the sorted probabilities when there is a limit, and returns the place in that order."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p = (logits / temperature).softmax(dim=-1)
    if top_k is not None:
        p = p.topk(min(top_k, p.shape[-1]), dim=-1).values
    if top_p is not None:
        p = p.sort(dim=-1, descending=True).values
        p = p / p.sum(dim=-1, keepdim=True)
        p = p * (p.cumsum(dim=-1) - p < top_p)
    return torch.multinomial(p, 1).squeeze(1)
