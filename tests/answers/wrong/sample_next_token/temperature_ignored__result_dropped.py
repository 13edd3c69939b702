"""Divides and does not keep the result."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits.div(temperature)
    values, ids = logits.topk(min(top_k or logits.shape[-1], logits.shape[-1]))
    p = values.softmax(-1)
    if top_p:
        p = p.masked_fill(p.cumsum(-1) - p >= top_p, 0)
    return ids.gather(1, torch.multinomial(p, 1)).view(-1)
