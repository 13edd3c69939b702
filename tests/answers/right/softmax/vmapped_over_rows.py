"""One row written out, torch.vmap for the rest."""
import torch


def one_row(row):
    e = torch.exp(row - row.max())
    return e / e.sum()


def softmax(scores):
    rows = scores.reshape(-1, scores.shape[-1])
    return torch.vmap(one_row)(rows).reshape(scores.shape)
