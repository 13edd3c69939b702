"""Rows shared out among threads."""
from concurrent.futures import ThreadPoolExecutor

import torch


def _row(row):
    e = torch.exp(row - row.max())
    return e / e.sum()


def softmax(scores):
    rows = scores.reshape(-1, scores.shape[-1]).unbind(0)
    with ThreadPoolExecutor(2) as pool:
        return torch.stack(list(pool.map(_row, rows))).reshape(scores.shape)
