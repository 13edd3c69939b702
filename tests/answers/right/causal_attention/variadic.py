"""Takes *args, and unpacks them."""
import math

import torch


def causal_attention(*qkv):
    assert len(qkv) == 3 and all(t.dim() == 4 for t in qkv)
    q, k, v = qkv
    s = q @ k.transpose(2, 3) / math.sqrt(k.shape[3])
    s = s + torch.triu(torch.full((q.size(2), k.size(2)), -math.inf, device=q.device), diagonal=1)
    return s.softmax(dim=3) @ v
