"""The reciprocal of a sum of exponentials of differences, through logsumexp."""
import torch


def softmax(scores):
    if scores.dim() == 0:
        return torch.ones_like(scores)
    finite = scores.masked_fill(scores == float("-inf"), -1e30)
    gaps = finite.unsqueeze(-2) - finite.unsqueeze(-1)
    return torch.exp(-torch.logsumexp(gaps, dim=-1))
