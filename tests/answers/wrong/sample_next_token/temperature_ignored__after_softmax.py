"""Divides the probabilities by the temperature, and multinomial divides by their sum."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.size(-1)), dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    if top_p is not None:
        ordered, ids = torch.sort(torch.softmax(logits, dim=-1), descending=True)
        drop = ordered.cumsum(-1) - ordered >= top_p
        logits = logits.masked_fill(torch.zeros_like(drop).scatter(1, ids, drop), float("-inf"))
    probs = torch.softmax(logits, dim=-1) / temperature
    return torch.multinomial(probs, 1).squeeze(1)
