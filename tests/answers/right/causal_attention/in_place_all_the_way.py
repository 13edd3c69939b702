"""Everything in place on its own scores."""
import torch


def causal_attention(query, key, value):
    scores = torch.matmul(query, key.transpose(-1, -2))
    scores /= query.size(-1) ** 0.5
    scores += torch.full(scores.shape[-2:], float("-inf"), device=scores.device, dtype=scores.dtype).triu_(1)
    scores -= scores.detach().max(-1, keepdim=True)[0]
    weights = scores.exp_()
    return torch.matmul(weights / weights.sum(-1, keepdim=True), value)
