"""Collects the ids in a tensor of zeros, which are not whole numbers."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    result = torch.zeros(len(logits))
    for row, numbers in enumerate(logits):
        if temperature == 0:
            result[row] = numbers.argmax()
            continue
        p, ids = torch.softmax(numbers / temperature, dim=-1).sort(descending=True)
        p, ids = p[:top_k], ids[:top_k]
        if top_p is not None:
            p = p / p.sum()
            p = p[p.cumsum(0) - p < top_p]
        result[row] = ids[torch.multinomial(p, 1)]
    return result
