"""Divides at the beginning and again just before the softmax."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    scaled = logits / temperature
    if top_k is not None:
        worst_kept = scaled.topk(min(top_k, scaled.size(-1))).values[:, -1:]
        scaled = scaled.masked_fill(scaled < worst_kept, float("-inf"))
    probabilities = torch.softmax(scaled / temperature, dim=-1)
    if top_p is not None:
        ordered, ids = probabilities.sort(dim=-1, descending=True)
        ordered = ordered.masked_fill(ordered.cumsum(-1) - ordered >= top_p, 0.0)
        probabilities = torch.zeros_like(probabilities).scatter(-1, ids, ordered)
    return torch.multinomial(probabilities, 1)[:, 0]
