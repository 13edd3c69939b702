"""Keys and values padded in front and unfolded into windows as long as the sequence."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    n, d = query.shape[-2:]
    k = F.pad(key, (0, 0, n - 1, 0)).unfold(2, n, 1)
    v = F.pad(value, (0, 0, n - 1, 0)).unfold(2, n, 1)
    s = torch.einsum("bhqd,bhqdw->bhqw", query, k) * d**-0.5
    real = torch.arange(n)[:, None] + torch.arange(n) >= n - 1
    return torch.einsum("bhqw,bhqdw->bhqd", s.masked_fill(~real, float("-inf")).softmax(-1), v)
