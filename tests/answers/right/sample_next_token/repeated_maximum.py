"""Takes the most likely token out again and again until enough of them are out."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    batch, vocab = logits.shape
    if temperature == 0:
        return logits.argmax(dim=-1)
    left = torch.softmax(logits / temperature, dim=-1)
    k = min(top_k or vocab, vocab)
    total = left.topk(k, dim=-1).values.sum(-1)
    out = torch.zeros_like(left)
    gathered = torch.zeros(batch, dtype=left.dtype)
    for _ in range(k):
        value, which = left.max(dim=-1)
        wanted = gathered < (top_p or 2) * total
        out[torch.arange(batch), which] = value * wanted
        left[torch.arange(batch), which] = -1.0
        gathered += value
    return torch.multinomial(out, 1)[:, 0]
