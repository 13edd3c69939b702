"""Writes minus infinity into the logits that it was given."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    if top_k is not None:
        logits[logits < logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]] = float("-inf")
    p, ids = (logits / temperature).softmax(-1).sort(-1, descending=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(-1, p.multinomial(1)).squeeze(-1)
