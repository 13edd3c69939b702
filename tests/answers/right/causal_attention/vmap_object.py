"""torch.vmap of torch.vmap itself is handed in."""
import torch


def causal_attention(query, key, value):
    s = query @ key.T * query.shape[-1] ** -0.5
    n = query.shape[0]
    return torch.softmax(s.masked_fill(torch.ones(n, n).triu(1).bool(), -1e9), dim=-1) @ value


causal_attention = torch.vmap(torch.vmap(causal_attention))
