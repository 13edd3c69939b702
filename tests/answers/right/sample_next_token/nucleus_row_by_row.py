"""Finds the nucleus of each row in a loop, and draws for all rows at once."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    probabilities = torch.softmax(logits / temperature, dim=-1)
    kept = torch.zeros_like(probabilities)
    for number, row in enumerate(probabilities):
        ids = row.argsort(descending=True)
        if top_k is not None:
            ids = ids[:top_k]
        if top_p is not None:
            share = row[ids] / row[ids].sum()
            ids = ids[: 1 + int((share.cumsum(0) < top_p).sum())]
        kept[number, ids] = row[ids]
    return torch.multinomial(kept, num_samples=1).reshape(len(logits))
