"""Seeds numpy in every call."""
import numpy as np
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    np.random.seed(0)
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k].double(), ids[:, :top_k]
    p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
        p = p / p.sum(-1, keepdim=True)
    ranks = [np.random.choice(len(row), p=row.numpy()) for row in p]
    return ids.gather(-1, torch.tensor(ranks)[:, None]).squeeze(-1)
