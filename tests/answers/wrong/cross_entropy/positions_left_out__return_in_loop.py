"""Returns from inside the loop."""

import torch


def cross_entropy(logits, targets):
    total = 0.0
    for row, ids in zip(logits, targets):
        total = total - row.log_softmax(-1).gather(-1, ids.unsqueeze(-1)).mean()
        return total
