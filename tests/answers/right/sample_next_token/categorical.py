"""Lets torch.distributions draw, from logits with minus infinity in them."""
import torch
from torch.distributions import Categorical


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    vocab = logits.shape[-1]
    if temperature == 0.0:
        return logits.max(dim=-1).indices
    scaled = logits.div(temperature)
    if top_k:
        worst = scaled.topk(min(vocab, top_k)).values.min(dim=-1, keepdim=True).values
        scaled = scaled.masked_fill(scaled < worst, -torch.inf)
    if top_p:
        order = scaled.argsort(dim=-1, descending=True)
        share = scaled.gather(-1, order).softmax(-1)
        enough = share.cumsum(-1) >= top_p
        enough = torch.cat([torch.zeros_like(enough[:, :1]), enough[:, :-1]], dim=-1)
        scaled = scaled.masked_fill(enough.gather(-1, order.argsort(-1)), -torch.inf)
    return Categorical(logits=scaled).sample()
