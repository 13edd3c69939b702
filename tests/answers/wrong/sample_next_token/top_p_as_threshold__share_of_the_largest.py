"""Keeps what reaches a share of the largest probability, which is another rule (min-p)."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = torch.sort(logits / temperature, dim=-1, descending=True)
    p = torch.softmax(values[:, :top_k], dim=-1)
    if top_p is not None:
        p = p * (p >= (1 - top_p) * p[:, :1])
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
