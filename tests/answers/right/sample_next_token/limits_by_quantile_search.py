"""Searches the limit of top_p by halving, one row of limits for the whole batch."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(-1)
    p = torch.softmax(logits / temperature, dim=-1)
    if top_k is not None and top_k < p.shape[-1]:
        smallest = p.topk(top_k).values[:, -1:]
        p = p * (p >= smallest)
        p = p / p.sum(dim=-1, keepdim=True)
    if top_p is not None:
        low = torch.zeros(len(p), 1).to(p)
        high = p.amax(-1, keepdim=True)
        for _ in range(40):
            middle = (low + high) / 2
            enough = (p * (p >= middle)).sum(-1, keepdim=True) >= top_p
            low, high = torch.where(enough, middle, low), torch.where(enough, high, middle)
        p = p * (p >= low)
    return p.multinomial(1)[:, 0]
