"""Multiplies the logits by the temperature."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits * temperature
    if top_k is not None:
        kth = logits.topk(min(top_k, logits.shape[-1]), dim=-1).values[:, -1:]
        logits = torch.where(logits >= kth, logits, -torch.inf)
    p, order = logits.softmax(-1).sort(-1, descending=True)
    if top_p is not None:
        p = p.where(p.cumsum(-1) - p < top_p, torch.zeros_like(p))
    return order.gather(-1, p.multinomial(1)).flatten()
