"""Draws with a generator of its own that was seeded once, when the file was read."""
import torch

generator = torch.Generator().manual_seed(5)


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(-1)
    p, ids = (logits / temperature).softmax(-1).sort(-1, descending=True)
    if top_k is not None:
        p = p[:, :top_k] / p[:, :top_k].sum(-1, keepdim=True)
    if top_p is not None:
        p = p.masked_fill(p.cumsum(-1) - p >= top_p, 0)
    picked = torch.multinomial(p, 1, generator=generator)
    return torch.take_along_dim(ids, picked, dim=-1).squeeze(-1)
