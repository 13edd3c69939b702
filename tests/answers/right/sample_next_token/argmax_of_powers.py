"""Takes the u ** (1 / p) road: each token gets a power of its own uniform number, the largest wins."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(-1)
    w, ids = (logits / temperature).softmax(-1).sort(-1, descending=True)
    w, ids = (w, ids) if top_k is None else (w[:, :top_k], ids[:, :top_k])
    if top_p is not None:
        w = w / w.sum(-1, keepdim=True)
        w = w.where(w.cumsum(-1) - w < top_p, torch.zeros(()).to(w))
    race = torch.rand_like(w).log() / w
    return ids.gather(-1, race.nan_to_num(-torch.inf).argmax(-1, keepdim=True)).squeeze(-1)
