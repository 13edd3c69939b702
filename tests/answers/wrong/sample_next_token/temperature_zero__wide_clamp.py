"""Takes 0.1 for the lowest temperature there is, where the second token still has its chance."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    values, ids = (logits / max(temperature, 0.1)).sort(dim=-1, descending=True)
    probs = values[:, :top_k].softmax(dim=-1)
    if top_p is not None:
        probs = probs.masked_fill(probs.cumsum(-1) - probs >= top_p, 0.0)
    return ids.gather(1, probs.multinomial(1))[:, 0]
