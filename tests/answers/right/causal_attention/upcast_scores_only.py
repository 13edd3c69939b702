"""Scores and softmax in float32, the weights back in the dtype of value."""
import torch


def causal_attention(query, key, value):
    t = query.shape[-2]
    scores = torch.matmul(query.float(), key.float().transpose(-2, -1)) / query.shape[-1] ** 0.5
    scores = scores + torch.full((t, t), float("-inf"), dtype=torch.float32).triu(1)
    return torch.matmul(torch.softmax(scores, dim=-1).to(value.dtype), value)
