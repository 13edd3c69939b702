"""Multiplies by the mask and subtracts 1e4 elsewhere, as the first GPT-2 code did with 1e10."""
import torch


def push_down(scores, by=1e4):
    past = torch.ones(scores.shape[-2:], dtype=scores.dtype).tril()
    return past * scores + (past - 1) * by


def causal_attention(query, key, value):
    scores = query @ key.mT * value.size(-1) ** -0.5
    return push_down(scores).softmax(-1) @ value
