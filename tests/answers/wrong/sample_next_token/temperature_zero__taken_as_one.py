"""Takes temperature 0 for no temperature at all and draws."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature:
        logits = logits / temperature
    p, ids = logits.softmax(-1).sort(-1, descending=True)
    if top_k:
        p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p:
        p = p * (p.cumsum(-1) - p < top_p)
    return torch.gather(ids, 1, torch.multinomial(p, 1))[:, 0]
