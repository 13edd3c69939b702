"""Takes an optional mask, scale and dropout."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value, mask=None, scale=None, dropout=0.0, return_weights=False):
    if scale is None:
        scale = query.shape[-1] ** -0.5
    scores = scale * (query @ key.mT)
    if mask is None:
        mask = torch.ones(query.shape[-2], key.shape[-2], dtype=torch.bool).tril()
    scores = scores.masked_fill(~mask, float("-inf"))
    weights = F.dropout(scores.softmax(-1), dropout)
    if return_weights:
        return weights @ value, weights
    return weights @ value
