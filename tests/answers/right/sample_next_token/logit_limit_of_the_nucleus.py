"""Finds the smallest logit that stays, for top_k and for top_p, and compares once."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    scaled = logits / temperature
    ordered = scaled.sort(dim=-1, descending=True).values
    keep = logits.shape[-1] if top_k is None else min(top_k, logits.shape[-1])
    count = torch.full((len(logits), 1), keep)
    if top_p is not None:
        share = ordered[:, :keep].softmax(dim=-1)
        count = ((share.cumsum(dim=-1) - share) < top_p).sum(dim=-1, keepdim=True)
    limit = ordered.gather(-1, count - 1)
    weights = torch.exp(scaled - ordered[:, :1]) * (scaled >= limit)
    return torch.multinomial(weights, 1)[:, 0]
