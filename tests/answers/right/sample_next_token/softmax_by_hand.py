"""Writes the softmax out, the row's largest logit taken off first."""
import torch


def softmax_rows(x):
    e = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        best = logits.amax(dim=-1, keepdim=True)
        return (logits == best).int().argmax(dim=-1)
    x = logits / temperature
    if top_k is not None:
        x = x.masked_fill(x < x.topk(min(top_k, x.shape[-1])).values[:, [-1]], -torch.inf)
    p = softmax_rows(x)
    if top_p is not None:
        # A token stays while the tokens that are more likely add up to less than top_p.
        heavier = p[:, None, :] > p[:, :, None]
        p = p * ((heavier * p[:, None, :]).sum(-1) < top_p)
    return torch.multinomial(p, 1)[:, 0]
