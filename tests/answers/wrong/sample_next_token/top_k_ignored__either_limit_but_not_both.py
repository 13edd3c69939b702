"""Uses top_k only where there is no top_p."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    if top_p is not None:
        p = p * (p.cumsum(dim=-1) - p < top_p)
    return ids.gather(-1, torch.multinomial(p, 1)).squeeze(-1)
