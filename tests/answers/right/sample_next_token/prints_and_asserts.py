"""Prints shapes and asserts what it expects of its arguments."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    assert logits.dim() == 2
    assert temperature >= 0
    print("logits", tuple(logits.shape))
    if temperature == 0:
        return logits.argmax(dim=-1)
    p = torch.softmax(logits / temperature, dim=-1)
    p, ids = p.topk(p.shape[-1] if top_k is None else min(top_k, p.shape[-1]), dim=-1)
    p = p / p.sum(dim=-1, keepdim=True)
    if top_p is not None:
        too_many = p.cumsum(dim=-1) > top_p
        too_many[:, 1:] = too_many[:, :-1].clone()
        too_many[:, 0] = False
        p = p.masked_fill(too_many, 0.0)
    return ids.gather(-1, p.multinomial(1)).squeeze(-1)
