"""Makes contiguous copies and writes into a copy of its own."""
import torch


def causal_attention(query, key, value):
    q = query.contiguous().clone()
    q /= q.shape[-1] ** 0.5        # a clone, the caller keeps the query
    scores = q @ key.contiguous().transpose(-1, -2).contiguous()
    scores = scores.masked_fill_(torch.ones(q.shape[-2], q.shape[-2]).triu(1).bool(), float("-inf"))
    attention = torch.softmax(scores, dim=-1)
    out = torch.empty_like(value)
    out = attention.matmul(value)
    return out.contiguous()
