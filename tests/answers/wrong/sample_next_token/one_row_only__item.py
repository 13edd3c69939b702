"""Turns the draw into one Python number."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return torch.tensor([logits.argmax(dim=-1).item()])
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return torch.tensor([ids.gather(-1, torch.multinomial(p, 1)).item()])
