"""Hands probabilities to Categorical as its logits."""
import torch
from torch.distributions import Categorical


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.size(-1))).values[:, -1:]
        logits = logits.masked_fill(logits < limit, -torch.inf)
    probs = torch.softmax(logits, dim=-1)
    if top_p is not None:
        ordered, ids = probs.sort(dim=-1, descending=True)
        probs = probs.masked_fill((ordered.cumsum(-1) - ordered >= top_p).gather(-1, ids.argsort(-1)), 0)
    return Categorical(logits=probs).sample()
