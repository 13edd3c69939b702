"""Uses torch.matmul and torch.where."""
import torch
import torch.nn.functional as F

def causal_attention(query, key, value):
    n = query.size(-2)
    att = torch.matmul(query, key.transpose(2, 3)) * query.size(-1) ** -0.5
    allowed = torch.ones(n, n, dtype=torch.bool).tril()
    att = torch.where(allowed, att, torch.tensor(float('-inf'), dtype=att.dtype))
    return torch.matmul(F.softmax(att, dim=-1), value)
