"""Counts ids from 1."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1) + 1
    running = torch.softmax(logits / temperature, dim=-1).cumsum(dim=-1)
    return (running < torch.rand(len(logits), 1)).sum(dim=-1) + 1
