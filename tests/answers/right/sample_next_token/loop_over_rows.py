"""Treats each row on its own in a Python loop."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    chosen = []
    for row in logits:
        if temperature == 0:
            chosen.append(row.argmax())
            continue
        probs, ids = torch.sort(torch.softmax(row / temperature, dim=0), descending=True)
        if top_k is not None:
            probs, ids = probs[:top_k], ids[:top_k]
            probs = probs / probs.sum()
        if top_p is not None:
            n = int((torch.cumsum(probs, 0) < top_p).sum()) + 1
            probs, ids = probs[:n], ids[:n]
        chosen.append(ids[torch.multinomial(probs, 1).item()])
    return torch.stack(chosen)
