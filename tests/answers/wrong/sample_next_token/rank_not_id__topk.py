"""Draws among the top_k and forgets to look up whose place that was."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values = (logits / temperature).topk(min(top_k or logits.shape[-1], logits.shape[-1]), dim=-1).values
    p = values.softmax(dim=-1)
    if top_p is not None:
        p = p * (p.cumsum(dim=-1) - p < top_p)
    return torch.multinomial(p, 1)[:, 0]
