"""Keeps in every row as many tokens as the first row needs."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = torch.sort(logits / temperature, dim=-1, descending=True)
    p = torch.softmax(values[:, :top_k], dim=-1)
    if top_p is not None:
        n = int((p[0].cumsum(0) < top_p).sum()) + 1
        p = p[:, :n]
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
