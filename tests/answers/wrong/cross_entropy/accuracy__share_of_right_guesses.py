"""Returns the share of right guesses."""

import torch


def cross_entropy(logits, targets):
    return (logits.argmax(dim=-1) == targets).to(logits.dtype).mean()
