"""Divides only when the temperature is above 1."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    if temperature > 1.0:
        logits = logits / temperature
    values, ids = torch.topk(logits, min(top_k or logits.shape[-1], logits.shape[-1]), dim=-1)
    probs = torch.softmax(values, dim=-1)
    if top_p is not None:
        probs[probs.cumsum(dim=-1) - probs >= top_p] = 0
    return ids.gather(-1, torch.multinomial(probs, 1)).squeeze(-1)
