"""Looks ids up in the first row's order."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = torch.sort(logits / temperature, dim=-1, descending=True)
    p = torch.softmax(values[:, :top_k], dim=-1)
    if top_p is not None:
        p = p.masked_fill(p.cumsum(-1) - p >= top_p, 0.0)
    return ids[0][torch.multinomial(p, 1).squeeze(-1)]
