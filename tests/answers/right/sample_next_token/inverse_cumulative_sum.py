"""Looks up a uniform number in the running sum of the sorted probabilities."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=1)
    values, ids = torch.topk(logits, logits.shape[1] if top_k is None else min(top_k, logits.shape[1]), dim=1)
    running = torch.softmax(values / temperature, dim=1).cumsum(dim=1)
    if top_p is not None:
        last = (running < top_p).sum(dim=1, keepdim=True).clamp(max=running.shape[1] - 1)
        total = running.gather(1, last)
    else:
        total = running[:, -1:]
    u = torch.rand(len(logits), 1, dtype=logits.dtype) * total
    place = torch.searchsorted(running, u, right=True).clamp(max=running.shape[1] - 1)
    return ids.gather(1, place).squeeze(1)
