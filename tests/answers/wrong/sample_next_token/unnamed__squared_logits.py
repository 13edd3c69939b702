"""Squares the logits."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits**2 / temperature, dim=-1).sort(dim=-1, descending=True)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
