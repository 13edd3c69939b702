"""Has no branch for temperature 0: it divides by a very small number instead."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    logits = (logits - logits.max(dim=-1, keepdim=True).values) / max(temperature, 1e-6)
    if top_k is not None:
        kth = logits.topk(min(top_k, logits.shape[-1])).values[..., -1, None]
        logits = logits + torch.where(logits < kth, -torch.inf, 0.0)
    if top_p is not None:
        p, index = logits.softmax(-1).sort(descending=True)
        p[p.cumsum(-1) - p >= top_p] = 0.0
        return index.gather(1, p.multinomial(1)).squeeze(-1)
    return logits.softmax(-1).multinomial(1).squeeze(-1)
