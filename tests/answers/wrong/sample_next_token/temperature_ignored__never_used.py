"""Never looks at the temperature, apart from 0."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(-1)
    p, ids = logits.softmax(-1).sort(-1, descending=True)
    p = p[:, :top_k] / p[:, :top_k].sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(-1, p.multinomial(1))[:, 0]
