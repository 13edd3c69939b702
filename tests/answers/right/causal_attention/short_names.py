"""Calls its arguments q, k and v."""
import torch


def causal_attention(q, k, v):
    *_, n, d = q.shape
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    a = torch.einsum("...id,...jd->...ij", q, k) * d**-0.5
    a = a.masked_fill(i < j, -1e9)
    return torch.einsum("...ij,...jd->...id", a.softmax(-1), v)
