"""Computes in float32, whatever comes in."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    logits = logits.float()
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        top_k = min(top_k, logits.size(-1))
        logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], torch.finfo(torch.float32).min)
    p = logits.softmax(dim=-1)
    if top_p is not None:
        sorted_p, index = p.sort(dim=-1, descending=True)
        sorted_p = sorted_p.masked_fill(sorted_p.cumsum(-1) - sorted_p >= top_p, 0.0)
        p = torch.zeros_like(p).scatter(1, index, sorted_p)
    return torch.multinomial(p, 1).squeeze(1)
