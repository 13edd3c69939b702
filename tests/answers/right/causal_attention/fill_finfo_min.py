"""Fills the future with the lowest number of the dtype, from a boolean table at the top of the file."""
import torch

PAST = torch.ones(1024, 1024, dtype=torch.bool).tril()


def causal_attention(query, key, value):
    n, size = query.shape[-2:]
    scores = torch.matmul(query, key.mT) / torch.tensor(size, dtype=query.dtype).sqrt()
    lowest = torch.finfo(scores.dtype).min
    scores = torch.where(PAST[:n, :n], scores, torch.full_like(scores, lowest))
    return torch.matmul(torch.nn.functional.softmax(scores, dim=-1), value)
