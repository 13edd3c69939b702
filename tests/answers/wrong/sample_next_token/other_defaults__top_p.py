"""Draws from the likeliest 95 percent when nobody asked for it."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=0.95):
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    logits = logits / temperature
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        v, _ = torch.topk(logits, k, dim=-1)
        logits = torch.where(logits < v[:, -1:], torch.full_like(logits, float("-inf")), logits)
    if top_p is not None:
        s, idx = torch.sort(logits, descending=True, dim=-1)
        cum = torch.cumsum(F.softmax(s, dim=-1), dim=-1)
        remove = cum > top_p
        remove[:, 1:] = remove[:, :-1].clone()
        remove[:, 0] = False
        mask = torch.zeros_like(remove).scatter(1, idx, remove)
        logits = logits.masked_fill(mask, float("-inf"))
    probs = F.softmax(logits, dim=-1)
    return torch.multinomial(probs, num_samples=1).squeeze(1)
