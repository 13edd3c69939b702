"""Multiplies the logits by a mask of zeros and ones."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    x = logits / temperature
    rank = x.argsort(dim=-1, descending=True).argsort(dim=-1)
    if top_k is not None:
        x = x * (rank < top_k)
    if top_p is not None:
        p = x.softmax(dim=-1).sort(dim=-1, descending=True).values
        x = x * (rank < (p.cumsum(-1) - p < top_p).sum(-1, keepdim=True))
    return torch.multinomial(x.softmax(dim=-1), 1)[:, 0]
