"""Compares with the first logit that should go."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None and top_k < logits.shape[-1]:
        ordered = logits.sort(dim=-1, descending=True).values
        logits = logits.masked_fill(logits < ordered[:, top_k : top_k + 1], float("-inf"))
    if top_p is not None:
        p, ids = logits.softmax(-1).sort(-1, descending=True)
        return ids.gather(-1, (p * (p.cumsum(-1) - p < top_p)).multinomial(1)).squeeze(-1)
    return logits.softmax(-1).multinomial(1).squeeze(-1)
