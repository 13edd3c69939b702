"""Writes minus infinity into a copy, found by indexing with rows and columns."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    logits = logits.clone()
    batch, vocab = logits.shape
    rows = torch.arange(batch)[:, None]
    if temperature == 0:
        return logits.argmax(1)
    logits /= temperature
    order = torch.argsort(logits, dim=1, descending=True)
    if top_k is not None and top_k < vocab:
        logits[rows, order[:, top_k:]] = -float("inf")
    if top_p is not None:
        probs = torch.softmax(logits, 1)[rows, order]
        before = torch.cat([torch.zeros(batch, 1, dtype=probs.dtype), probs.cumsum(1)[:, :-1]], dim=1)
        drop = before >= top_p
        bad_rows, bad_ranks = drop.nonzero(as_tuple=True)
        logits[bad_rows, order[bad_rows, bad_ranks]] = -float("inf")
    return torch.multinomial(torch.softmax(logits, 1), 1)[:, 0]
