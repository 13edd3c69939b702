"""Hides by multiplying with 0 and 1, which makes NaN of minus infinity."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    x = logits / temperature
    rank = x.argsort(dim=-1, descending=True).argsort(dim=-1)
    keep = (rank < (top_k or x.shape[-1])).to(x.dtype)
    x = x * keep - 1e9 * (1 - keep)
    p = x.softmax(-1)
    if top_p is not None:
        ordered = p.sort(dim=-1, descending=True).values
        p = p * (rank < (ordered.cumsum(-1) - ordered < top_p).sum(-1, keepdim=True))
    return torch.multinomial(p, 1).squeeze(-1)
