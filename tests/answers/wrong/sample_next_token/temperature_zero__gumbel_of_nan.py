"""Divides by 0 and takes the largest of NaN."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    scores = logits / temperature
    ranks = scores.argsort(-1, descending=True).argsort(-1)
    if top_k is not None:
        scores = scores.masked_fill(ranks >= top_k, -torch.inf)
    if top_p is not None:
        p = scores.softmax(-1).sort(-1, descending=True).values
        scores = scores.masked_fill(ranks >= (p.cumsum(-1) - p < top_p).sum(-1, keepdim=True), -torch.inf)
    gumbel = -torch.empty_like(scores).exponential_().log()
    return (scores.log_softmax(-1) + gumbel).argmax(-1)
