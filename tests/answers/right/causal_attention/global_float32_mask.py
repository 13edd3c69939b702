"""A global float32 mask for up to 1024 tokens, multiplied after exp and renormalised."""
import torch

LOWER = torch.ones(1024, 1024, dtype=torch.float32).tril()


def causal_attention(query, key, value):
    t = query.shape[-2]
    scores = torch.matmul(query, key.transpose(-1, -2)) * query.shape[-1] ** -0.5
    weights = torch.softmax(scores, dim=-1) * LOWER[:t, :t]
    finite = torch.softmax(scores - 1e9 * (1 - LOWER[:t, :t]), dim=-1)
    return torch.matmul(torch.where(weights.sum(-1, keepdim=True) > 0, finite, finite), value)
