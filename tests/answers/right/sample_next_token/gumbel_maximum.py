"""Adds Gumbel noise to the logits that are left and takes the largest."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(-1)
    scores = (logits / temperature).log_softmax(-1)
    ranks = scores.argsort(-1, descending=True).argsort(-1)
    if top_k is not None:
        scores = torch.where(ranks < top_k, scores, float("-inf")).log_softmax(-1)
    if top_p is not None:
        ordered = scores.exp().sort(-1, descending=True).values
        needed = (ordered.cumsum(-1) < top_p).sum(-1, keepdim=True) + 1
        scores = torch.where(ranks < needed, scores, float("-inf"))
    noise = -torch.log(-torch.log(torch.rand_like(scores).clamp(min=1e-30)))
    return (scores + noise).argmax(-1)
